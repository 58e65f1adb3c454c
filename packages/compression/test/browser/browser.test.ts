import * as api from "@aw/compression";
import { memory, sink, type AsyncWrite, type Writer } from "@aw/core";
import { describe, expect, it } from "vitest";

const text = "The quick brown fox jumps over the lazy dog. ".repeat(5000);

/** What the browser's own streams make of it. */
async function platform(stream: ReadableWritablePair, data: Uint8Array): Promise<Uint8Array> {
  const body = new Blob([data as Uint8Array<ArrayBuffer>]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(body).arrayBuffer());
}

async function through(make: (inner: AsyncWrite) => Writer, data: Uint8Array): Promise<Uint8Array> {
  const target = memory();
  const out = make(target);
  for (let at = 0; at < data.length; at += 10_007)
    await out.writeAll(data.subarray(at, at + 10_007));
  await out.close();
  return target.bytes();
}

function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => (state = (state * 48_271) % 2_147_483_647) & 255);
}

type Encode = (inner: AsyncWrite) => api.EncodeWriter;
type Decode = (inner: AsyncWrite, options?: api.DecodeOptions) => api.DecodeWriter;
type WithDictionary = (inner: AsyncWrite, options?: { dictionary: Uint8Array }) => Writer;

describe.each<["gzip" | "deflate" | "deflate-raw", Encode, Decode]>([
  ["gzip", api.gzip, api.gunzip],
  ["deflate", api.deflate, api.inflate],
  ["deflate-raw", api.deflateRaw, api.inflateRaw],
])("%s in a browser", (format, encode, decode) => {
  it.each([
    ["nothing", new Uint8Array(0)],
    ["text", new TextEncoder().encode(text)],
    ["noise", noise(300_000)],
    ["zeros", new Uint8Array(3_000_000)],
  ])("and the platform's streams read each other, of %s", async (_name, data) => {
    const made = await through((inner) => encode(inner), data);
    expect(await platform(new DecompressionStream(format), made)).toEqual(data);
    const theirs = await platform(new CompressionStream(format), data);
    expect(await through((inner) => decode(inner), theirs)).toEqual(data);
  });

  it("flushes for real, and an idle flush adds nothing", async () => {
    const plain = memory();
    const coded = memory();
    const [out, other] = [encode(decode(plain)), encode(coded)];
    for (let index = 1; index <= 20; index++) {
      await out.writeAll("line\n");
      await out.flush();
      expect(plain.length).toBe(5 * index);
      await other.writeAll("line\n");
      await other.flush();
      const { length } = coded;
      await other.flush();
      expect(coded.length).toBe(length);
    }
    await out.close();
    await other.close();
  });

  it("finds truncation, corruption, garbage and bombs", async () => {
    const whole = await through((inner) => encode(inner), new TextEncoder().encode(text));
    for (const length of [0, 1, 5, whole.length - 1]) {
      const cut = through((inner) => decode(inner), whole.subarray(0, length));
      await expect(cut).rejects.toMatchObject({ code: "ERR_AW_TRUNCATED" });
    }
    const garbage = through((inner) => decode(inner), new Uint8Array([...whole, 1, 2, 3]));
    await expect(garbage).rejects.toMatchObject({ code: "ERR_AW_CORRUPT" });
    const bad = through((inner) => decode(inner), new Uint8Array(100).fill(255));
    await expect(bad).rejects.toMatchObject({ code: "ERR_AW_CORRUPT" });
    const bomb = through((inner) => decode(inner, { maxOutputBytes: 1000 }), whole);
    await expect(bomb).rejects.toMatchObject({ code: "ERR_AW_LIMIT" });
  });
});

describe("in a browser", () => {
  it("dictionaries and headers work", async () => {
    const dictionary = new TextEncoder().encode(text.slice(0, 300));
    const pairs: readonly [WithDictionary, WithDictionary][] = [
      [api.deflate, api.inflate],
      [api.deflateRaw, api.inflateRaw],
    ];
    for (const [encode, decode] of pairs) {
      const target = memory();
      const out = encode(decode(target, { dictionary }), { dictionary });
      await out.writeAll(text.slice(10, 200));
      await out.close();
      expect(target.text()).toBe(text.slice(10, 200));
    }
    const decoder = api.gunzip(memory());
    const out = api.gzip(decoder, { name: "a", comment: "b" });
    await out.close();
    expect(decoder.header).toEqual({ name: "a", comment: "b" });
  });

  it("reads the platform's streams, and is one", async () => {
    const plain = new TextEncoder().encode(text);
    const compressed = new Response(plain).body?.pipeThrough(new CompressionStream("gzip"));
    expect(await api.gunzip(compressed as ReadableStream<Uint8Array<ArrayBuffer>>).text()).toBe(
      text,
    );
    const { stream } = api.gzip(plain);
    const body = stream.pipeThrough(new DecompressionStream("gzip"));
    expect(await new Response(body as ReadableStream<Uint8Array<ArrayBuffer>>).text()).toBe(text);
    const cut = api.decompress((await api.gzip(plain).readAll()).subarray(0, 20));
    await expect(cut.readAll()).rejects.toMatchObject({ code: "ERR_AW_TRUNCATED" });
  });

  it("decompress knows gzip and zlib", async () => {
    for (const encode of [api.gzip, api.deflate] as readonly Encode[]) {
      const target = memory();
      const out = encode(api.decompress(target));
      await out.writeAll(text);
      await out.close();
      expect(target.text()).toBe(text);
    }
  });

  it("brotli, zstd and parallel are refused at once", () => {
    for (const make of [
      () => api.brotli(memory()),
      () => api.unbrotli(memory()),
      () => api.zstd(memory()),
      () => api.unzstd(memory()),
      () => api.gzip(memory(), { parallel: 2 }),
    ]) {
      expect(make).toThrow(expect.objectContaining({ code: "ERR_AW_UNSUPPORTED" }));
    }
  });
});

describe("a turn of the event loop", () => {
  /** How many turns pass meanwhile, of those that a page gets to do its own work in. */
  async function turnsOf(work: Promise<unknown>): Promise<number> {
    const { port1, port2 } = new MessageChannel();
    let turns = 0;
    port1.addEventListener("message", () => {
      turns++;
      port2.postMessage(null);
    });
    port1.start();
    port2.postMessage(null);
    await work;
    port1.close();
    return turns;
  }

  it("ends long before a bomb of 97 KB has gone off", async () => {
    const bomb = await platform(new CompressionStream("gzip"), new Uint8Array(100_000_000));
    const decoder = api.gunzip(sink());
    expect(await turnsOf(decoder.writeAll(bomb).then(() => decoder.close()))).toBeGreaterThan(5);
    expect(decoder.bytesOut).toBe(100_000_000);
  });

  it("ends long before 20,000 members are through", async () => {
    const one = await through(api.gzip, new TextEncoder().encode("x"));
    const members = new Uint8Array(one.length * 20_000);
    for (let at = 0; at < members.length; at += one.length) members.set(one, at);
    const decoder = api.gunzip(sink());
    expect(await turnsOf(decoder.writeAll(members).then(() => decoder.close()))).toBeGreaterThan(2);
    expect(decoder.bytesOut).toBe(20_000);
  });
});
