// The entry for browsers, in this process. `test/browser` runs it in one.
import { memory, type AsyncWrite } from "@aw/core";
import { describe, expect, it } from "vitest";
import * as browser from "../src/browser.ts";

/** A plain object, so that functions can be had by their names. */
const api = { ...browser };

type Factory = (inner: unknown, options?: unknown) => unknown;

const supported = [
  "gzip",
  "gunzip",
  "deflate",
  "inflate",
  "deflateRaw",
  "inflateRaw",
  "decompress",
] as const;

const unsupported = ["brotli", "unbrotli", "zstd", "unzstd"] as const;

interface Encode<Options> {
  (inner: AsyncWrite, options?: Options): browser.EncodeWriter;
  (inner: Uint8Array, options?: Options): browser.EncodeReader;
}

interface Decode<Options> {
  (inner: AsyncWrite, options?: Options): browser.DecodeWriter;
  (inner: Uint8Array | browser.EncodeReader, options?: Options): browser.DecodeReader;
}

describe.each<[string, Encode<object>, Decode<browser.DecodeOptions>]>([
  ["gzip and gunzip", api.gzip, api.gunzip],
  ["deflate and inflate", api.deflate, api.inflate],
  ["deflateRaw and inflateRaw", api.deflateRaw, api.inflateRaw],
  ["gzip and decompress", api.gzip, api.decompress],
  ["deflate and decompress", api.deflate, api.decompress],
])("%s", (_name, encode, decode) => {
  const text = "some text ".repeat(20_000);

  it("undo each other, written and read", async () => {
    const target = memory();
    const out = encode(decode(target));
    await out.writeAll(text);
    await out.close();
    expect(target.text()).toBe(text);
    expect(await decode(encode(Buffer.from(text))).text()).toBe(text);
  });

  it("find garbage after the end, or count it", async () => {
    const made = await encode(Buffer.from(text)).readAll();
    const longer = Buffer.concat([made, Buffer.from("garbage")]);
    await expect(decode(longer).text()).rejects.toMatchObject({ code: "ERR_AW_CORRUPT" });
    const reader = decode(longer, { trailing: "report" });
    expect([await reader.text(), reader.trailingBytes]).toEqual([text, "garbage".length]);
  });
});

type Known = { dictionary: Uint8Array };

it.each<[string, Encode<Known>, Decode<Known>]>([
  ["deflate and inflate", api.deflate, api.inflate],
  ["deflateRaw and inflateRaw", api.deflateRaw, api.inflateRaw],
  ["deflate and decompress", api.deflate, api.decompress],
])("%s take dictionaries", async (_name, encode, decode) => {
  const dictionary = Buffer.from("some text that both ends know, and that neither has to send");
  const made = await encode(dictionary, { dictionary }).readAll();
  expect(made.length).toBeLessThan(dictionary.length / 2);
  expect(Buffer.compare(await decode(made, { dictionary }).readAll(), dictionary)).toBe(0);
});

it("knows what a gzip header says", async () => {
  const reader = api.gunzip(api.gzip(Buffer.from("text"), { name: "a.log" }));
  expect([await reader.text(), reader.header?.name]).toEqual(["text", "a.log"]);
});

it("inflates raw deflate, too, if it is told to", async () => {
  const raw = await api.deflateRaw(Buffer.from("text")).readAll();
  expect(await api.inflate(raw, { acceptRaw: true }).text()).toBe("text");
  await expect(api.inflate(raw).text()).rejects.toMatchObject({ code: "ERR_AW_CORRUPT" });
});

it.each(supported)("%s refuses what is no writer or reader, and unknown options", (name) => {
  const make = api[name] as Factory;
  for (const [inner, options] of [
    [undefined, {}],
    [{}, {}],
    [memory(), { blockSize: 0 }],
    [memory(), { quick: true }],
  ]) {
    expect(() => make(inner, options)).toThrow(
      expect.objectContaining({
        code: "ERR_AW_INVALID_ARGUMENT",
        message: expect.stringContaining(`${name}: `) as string,
      }),
    );
  }
});

it.each<[string, () => unknown]>([
  ...unsupported.map(
    (name) => [name, () => (api[name] as Factory)(memory())] as [string, () => unknown],
  ),
  ["gzip parallel", () => api.gzip(memory(), { parallel: 2 })],
])("says that browsers have no %s", (name, make) => {
  expect(make).toThrow(
    expect.objectContaining({
      code: "ERR_AW_UNSUPPORTED",
      message: expect.stringContaining(`${name} needs Node`) as string,
    }),
  );
});
