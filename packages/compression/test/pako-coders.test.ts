import * as zlib from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Coder } from "../src/coder.ts";
import { checkDeflate, DEFLATE, type DeflateOptions } from "../src/deflate-options.ts";
import { pakoDeflateCoder, pakoInflateCoder } from "../src/sync/pako-coders.ts";
import { random, seed, words } from "./instruments.ts";

const text = words(random(seed), 100_000);
const dictionary = text.subarray(0, 1000);

const nodes = {
  zlib: { encode: zlib.deflateSync, decode: zlib.inflateSync },
  raw: { encode: zlib.deflateRawSync, decode: zlib.inflateRawSync },
} as const;

/** What a coder answers to one call. */
interface Answer {
  readonly failure: unknown;
  readonly used: number;
}

function call(begin: (done: (failure: unknown, used: number) => void) => void): Promise<Answer> {
  return new Promise((resolve) => begin((failure, used) => resolve({ failure, used })));
}

const write = (coder: Coder, data: Uint8Array): Promise<Answer> =>
  call((done) => coder.write(data, done));
const flush = (coder: Coder, data: Uint8Array): Promise<Answer> =>
  call((done) => coder.flush(data, done));
const finish = (coder: Coder): Promise<Answer> => call((done) => coder.finish(done));

function setUp(make: (push: (chunk: Uint8Array) => boolean) => Coder) {
  const made: Uint8Array[] = [];
  const coder = make((chunk) => made.push(chunk.slice()) > 0);
  /** What was made since it was last asked for. */
  const output = (): Buffer => Buffer.concat(made.splice(0));
  return { coder, output };
}

const encoder = (kind: "zlib" | "raw", options: DeflateOptions = {}) =>
  setUp(pakoDeflateCoder(kind, checkDeflate("deflate", options, DEFLATE)));
const decoder = (kind: "zlib" | "raw", known?: Uint8Array) => setUp(pakoInflateCoder(kind, known));

describe.each(["zlib", "raw"] as const)("pako's %s", (kind) => {
  const { encode, decode } = nodes[kind];

  it.each([{}, { dictionary }])("and zlib read each other, with %o", async (options) => {
    const out = encoder(kind, options);
    const back = decoder(kind, options.dictionary);
    // One stream after the other on the same memory.
    for (let stream = 0; stream < 3; stream++) {
      expect(await write(out.coder, text)).toEqual({ failure: undefined, used: text.length });
      expect(await finish(out.coder)).toEqual({ failure: undefined, used: 0 });
      expect(Buffer.compare(decode(out.output(), options), text)).toBe(0);
      const encoded = encode(text, options);
      const all = Buffer.concat([encoded, Buffer.from("rest")]);
      expect(await write(back.coder, all)).toEqual({ failure: undefined, used: encoded.length });
      expect(Buffer.compare(back.output(), text)).toBe(0);
      out.coder.restart?.();
      back.coder.restart?.();
    }
    out.coder.destroy();
    back.coder.destroy();
  });

  it("uses a dictionary, and the window that was asked for", async () => {
    const piece = text.subarray(20, 900);
    const lengthOf = async (options: DeflateOptions, data: Uint8Array): Promise<number> => {
      const { coder, output } = encoder(kind, options);
      await write(coder, data);
      await finish(coder);
      return output().length;
    };
    expect(await lengthOf({ dictionary }, piece)).toBeLessThan((await lengthOf({}, piece)) / 5);
    // What comes again after 4 KiB.
    const again = Buffer.concat([text.subarray(0, 4000), text.subarray(0, 4000)]);
    const small = await lengthOf({ windowBits: 9 }, again);
    expect(await lengthOf({ windowBits: 15 }, again)).toBeLessThan(small * 0.7);
  });

  it("puts out all it has when it is flushed", async () => {
    const out = encoder(kind);
    const back = decoder(kind);
    for (const line of ["one\n", "two\n", "three\n"]) {
      expect(await flush(out.coder, Buffer.from(line))).toEqual({
        failure: undefined,
        used: line.length,
      });
      await write(back.coder, out.output());
      expect(String(back.output())).toBe(line);
    }
    await flush(out.coder, Buffer.alloc(0));
    expect(out.output()).toHaveLength(0);
  });

  it("takes a stream in pieces, and fails only where it ends early", async () => {
    const encoded = encode(text);
    for (const length of [0, 1, encoded.length >> 1, encoded.length - 1, encoded.length]) {
      const { coder } = decoder(kind);
      for (let at = 0; at < length; at += 1000) {
        const piece = encoded.subarray(at, Math.min(at + 1000, length));
        expect(await write(coder, piece)).toEqual({ failure: undefined, used: piece.length });
      }
      const { failure } = await finish(coder);
      if (length === encoded.length) expect(failure).toBeUndefined();
      else expect(failure).toMatchObject({ kind: "truncated" });
    }
  });

  it("says what is corrupt", async () => {
    const { coder } = decoder(kind);
    const { failure } = await write(coder, new Uint8Array(100).fill(255));
    expect(failure).toMatchObject({
      kind: "corrupt",
      message: expect.stringMatching(/^(incorrect|invalid)/),
    });
  });
});

it.each<[string, Uint8Array | undefined]>([
  ["without its dictionary", undefined],
  ["with another one", text.subarray(500, 900)],
])("a stream of zlib is corrupt %s", async (_name, known) => {
  const { coder, output } = decoder("zlib", known);
  const { failure } = await write(coder, zlib.deflateSync(text, { dictionary }));
  expect(failure).toMatchObject({ kind: "corrupt", message: "missing dictionary" });
  expect(output()).toHaveLength(0);
});
