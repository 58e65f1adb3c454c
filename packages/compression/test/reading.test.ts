import { setImmediate as turn } from "node:timers/promises";
import { decompress, EncodeReader, gunzip, gzip, zstd } from "@aw/compression";
import {
  AsyncWriteError,
  memory,
  pipe,
  Reader,
  SourceEngine,
  toReader,
  type LayerSource,
  type SourceControl,
} from "@aw/core";
import { describe, expect, it } from "vitest";
import { Encoder } from "../src/encoder.ts";
import { readingCodecs } from "./codecs.ts";
import { noise, random, seed, words } from "./instruments.ts";

const text = words(random(seed), 300_000);
const incompressible = noise(random(seed), 2 << 20);

/** A source that a test works by hand, and that counts what it gave. */
function source(): {
  reader: Reader;
  control: SourceControl;
  calls: string[];
} {
  const calls: string[] = [];
  let control!: SourceControl;
  const engine = new SourceEngine({
    start: (given) => void (control = given),
    resume: () => void calls.push("resume"),
    pause: () => void calls.push("pause"),
    destroy: (failure) => void calls.push(`destroy ${failure.code}`),
  });
  return { reader: new Reader(engine), control, calls };
}

/** What can be read up to a failure, and the failure. */
async function readUpToFailure(reader: Reader): Promise<[Uint8Array, unknown]> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of reader) chunks.push(chunk);
  } catch (error) {
    return [Buffer.concat(chunks), error];
  }
  throw new Error("it did not fail");
}

describe.each(readingCodecs)("$name, read", (codec) => {
  const { encode, decode, nodeEncode, nodeDecode } = codec;

  it.each<[string, (data: Uint8Array) => LayerSource]>([
    ["a reader", (data) => toReader(data)],
    ["bytes", (data) => data],
    ["a list of small pieces", pieces],
    ["a ReadableStream", (data) => new Response(new Uint8Array(data)).body ?? data],
  ])("and Node's own read each other, from %s", async (_name, from) => {
    for (const data of [
      Buffer.alloc(0),
      Buffer.from("x"),
      text,
      incompressible.subarray(0, 200_000),
    ]) {
      const made = encode(from(data));
      const encoded = await made.readAll();
      expect(Buffer.compare(nodeDecode(encoded), data)).toBe(0);
      expect([made.bytesIn, made.bytesOut]).toEqual([data.length, encoded.length]);
      const back = decode(from(nodeEncode(data)));
      expect(Buffer.compare(await back.readAll(), data)).toBe(0);
      expect(back.bytesOut).toBe(data.length);
    }
  });

  it("a stream that was cut is truncated, after all that could be decoded", async () => {
    const whole = nodeEncode(text);
    for (const length of [0, 1, whole.length >> 1, whole.length - 1]) {
      const reader = decode(whole.subarray(0, length));
      const [bytes, failure] = await readUpToFailure(reader);
      expect(failure).toMatchObject({ code: "ERR_AW_TRUNCATED" });
      expect(Buffer.compare(bytes, text.subarray(0, bytes.length))).toBe(0);
      expect(bytes.length > 0 || length < 100).toBe(true);
      expect(await reader.read().catch((error: unknown) => error)).toBe(failure);
    }
  });

  it("what is not the format is corrupt, and a bomb meets its limit", async () => {
    const [, corrupt] = await readUpToFailure(decode(new Uint8Array(100).fill(255)));
    expect(corrupt).toMatchObject({ code: "ERR_AW_CORRUPT" });
    const bomb = decode(nodeEncode(Buffer.alloc(10 << 20)), { maxOutputBytes: 1 << 20 });
    const [bytes, limit] = await readUpToFailure(bomb);
    expect(limit).toMatchObject({ code: "ERR_AW_LIMIT" });
    expect(bytes.length).toBeLessThanOrEqual(1 << 20);
  });

  it("a failure of the reader below passes as it is, after the bytes before it", async () => {
    const { reader, control } = source();
    const decoder = decode(reader);
    const first = decoder.read();
    const whole = nodeEncode(text);
    control.push(whole.subarray(0, whole.length >> 1));
    control.fail(Object.assign(new Error("gone"), { code: "ECONNRESET" }));
    const start = (await first) ?? Buffer.alloc(0);
    const [rest, failure] = await readUpToFailure(decoder);
    expect(failure).toMatchObject({ code: "ERR_AW_CONNECTION_RESET" });
    const bytes = Buffer.concat([start, rest]);
    expect(Buffer.compare(bytes, text.subarray(0, bytes.length))).toBe(0);
  });

  it("an encoder over a reader that fails leaves the format without its end", async () => {
    const { reader, control } = source();
    const encoder = encode(reader);
    const reading = readUpToFailure(encoder);
    control.push(text.subarray(0, 1000));
    control.fail(new AsyncWriteError("ERR_AW_TRUNCATED", "it was cut off"));
    const [bytes, failure] = await reading;
    expect(failure).toMatchObject({ code: "ERR_AW_TRUNCATED", message: "it was cut off" });
    await expect(decode(bytes).readAll()).rejects.toMatchObject({ code: "ERR_AW_TRUNCATED" });
  });

  it("an abort makes the source stop, and ends what waits", async () => {
    for (const make of [encode, decode]) {
      const { reader, control, calls } = source();
      const layer = make(reader);
      const waiting = layer.readAll();
      control.push(nodeEncode(text).subarray(0, 5000));
      await turn();
      layer.abort("enough");
      await expect(waiting).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "enough" });
      expect(calls).toContain("destroy ERR_AW_ABORTED");
    }
  });

  it("an encoder flushes what came once its source idles, and only that", async () => {
    const { writer, reader } = pipe();
    const encoder = encode(reader);
    const decoder = decode(encoder);
    for (const line of ["one\n", "two\n", "three\n"]) {
      await writer.writeAll(line);
      expect(await decoder.readLine()).toBe(line.trimEnd());
    }
    const { bytesOut } = encoder;
    for (let turns = 0; turns < 5; turns++) await turn();
    expect(encoder.bytesOut).toBe(bytesOut);
    await writer.close();
    expect(await decoder.readLine()).toBe(undefined);
  });

  it("an encoder waits for whole blocks, or the end, if it is told to", async () => {
    const { writer, reader } = pipe();
    const encoder = encode(reader, { flushOnIdle: false });
    let isOut = false;
    const first = encoder.peek(1).then(() => (isOut = encoder.bytesIn > 0));
    await writer.writeAll("a line\n");
    for (let turns = 0; turns < 10; turns++) await turn();
    expect([isOut, encoder.bytesIn]).toEqual([false, 0]);
    await writer.close();
    await first;
    expect(await decode(encoder).text()).toBe("a line\n");
  });

  it("a decoder that nobody reads makes its source wait", async () => {
    const made = nodeEncode(incompressible);
    let given = 0;
    const decoder = decode(
      (function* () {
        for (; given < made.length; given += 10_000) yield made.subarray(given, given + 10_000);
      })(),
    );
    const first = (await decoder.read()) ?? new Uint8Array(0);
    for (let turns = 0; turns < 100; turns++) await turn();
    expect(given).toBeLessThan(1 << 20);
    const rest = await decoder.readAll();
    expect(Buffer.compare(Buffer.concat([first, rest]), incompressible)).toBe(0);
  });
});

describe("a decoder, read", () => {
  it("knows the header, the format and the bytes after the end", async () => {
    const made = await gzip(Buffer.from("text"), { name: "a.log" }).readAll();
    const reader = gunzip(Buffer.concat([made, Buffer.from("rest")]), { trailing: "report" });
    expect(await reader.text()).toBe("text");
    expect([reader.header?.name, reader.trailingBytes]).toEqual(["a.log", 4]);
    const frame = await zstd(Buffer.from("text")).readAll();
    const unknown = decompress([frame]);
    expect([await unknown.text(), unknown.format]).toEqual(["text", "zstd"]);
    expect(String(gunzip(toReader(made)))).toBe("gunzip < bytes");
  });

  it.each([1, 3])("reads what %i threads compress side by side", async (parallel) => {
    const options = { parallel, blockSize: 20_000 };
    for (const encoder of [gzip(pieces(text), options), zstd(pieces(text), options)]) {
      expect(Buffer.compare(await decompress(encoder).readAll(), text)).toBe(0);
    }
  });

  it("refuses flushOnIdle for a writer, which is flushed by hand", () => {
    expect(() => gzip(memory(), { flushOnIdle: true })).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
    const { writable } = new TransformStream<Uint8Array, Uint8Array>();
    expect(() => gzip(writable, { flushOnIdle: true })).toThrow("flushOnIdle is for encoders");
    expect(writable.locked).toBe(false);
  });

  it("refuses wrong options before it locks a stream", () => {
    const stream = new Response("x").body as ReadableStream<Uint8Array>;
    expect(() => gunzip(stream, { maxRatio: 0 })).toThrow("maxRatio");
    expect(stream.locked).toBe(false);
  });
});

function* pieces(data: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < data.length; at += 997) yield data.subarray(at, at + 997);
}

it.each<[string, (reader: EncodeReader, control: SourceControl) => void]>([
  ["abort", (reader) => reader.abort()],
  ["the end", (_reader, control) => control.end()],
  ["a failure below", (_reader, control) => control.fail(new Error("gone"))],
])("the codec is released once, at %s", async (_name, finish) => {
  let destroyed = 0;
  const encoder = new Encoder("counting", () => ({
    write: (block, done) => done(undefined, block.length),
    flush: (block, done) => done(undefined, block.length),
    finish: (done) => done(undefined, 0),
    resume() {},
    destroy: () => void destroyed++,
  }));
  const { reader, control } = source();
  const coded = new EncodeReader(reader, encoder, { blockSize: 1000 }, true);
  const reading = coded.readAll().catch(() => {});
  control.push(text.subarray(0, 5000));
  await turn();
  expect(destroyed).toBe(0);
  finish(coded, control);
  await reading;
  coded.abort();
  expect(destroyed).toBe(1);
});
