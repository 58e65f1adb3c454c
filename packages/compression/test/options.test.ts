import * as zlib from "node:zlib";
import * as compression from "@aw/compression";
import { memory, type AsyncWrite, type Writer } from "@aw/core";
import { describe, expect, it } from "vitest";
import { exceeds } from "../src/output-guard.ts";
import { through } from "./codecs.ts";

/** A plain object, so that functions can be had by their names. */
const api = { ...compression };

const text = "The quick brown fox jumps over the lazy dog. ".repeat(3000);

/** The magic number of a dictionary that zstd made, and nothing that belongs to one. */
const damaged = Buffer.concat([Buffer.from([0x37, 0xa4, 0x30, 0xec]), Buffer.alloc(100, 7)]);

describe("options", () => {
  it.each([
    ["gzip", { level: 10 }],
    ["gzip", { windowBits: 8 }],
    ["gzip", { memLevel: 0 }],
    ["gzip", { strategy: "best" }],
    ["gzip", { dictionary: Buffer.from("x") }],
    ["gzip", { parallel: 0 }],
    ["gzip", { name: "a\0b" }],
    ["gzip", { comment: "€" }],
    ["gzip", { mtime: new Date(-1000) }],
    ["gzip", { mtime: new Date(Number.NaN) }],
    ["gzip", { mtime: 1_700_000_000 }],
    ["gzip", { name: 5 }],
    ["gzip", { level: "6" }],
    ["gzip", { blockSize: 0 }],
    ["gzip", { parallel: 1025 }],
    ["deflate", { parallel: 2 }],
    ["brotli", { sizeHint: 2 ** 32 }],
    ["gzip", { lvel: 3 }],
    ["deflate", { dictionary: Buffer.alloc(0) }],
    ["deflateRaw", { dictionary: "text" }],
    ["brotli", { quality: 12 }],
    ["brotli", { lgwin: 9 }],
    ["brotli", { lgwin: 25 }],
    ["brotli", { lgwin: 31, largeWindow: true }],
    ["unbrotli", { largeWindow: 1 }],
    ["inflate", { acceptRaw: "yes" }],
    ["zstd", { windowLog: "browser" }],
    ["decompress", { maxWindowLog: 9 }],
    ["brotli", { mode: "image" }],
    ["zstd", { level: 23 }],
    ["zstd", { checksum: 1 }],
    ["zstd", { windowLog: 28 }],
    ["zstd", { pledgedSize: -1 }],
    ["zstd", { pledgedSize: 5, parallel: 2 }],
    ["zstd", { params: { [zlib.constants.ZSTD_c_nbWorkers]: 2 } }],
    ["zstd", { nbWorkers: 2 }],
    ["zstd", { dictionary: damaged }],
    ["unzstd", { dictionary: damaged }],
    ["unzstd", { maxWindowLog: 32 }],
    ["gunzip", { maxRatio: 0 }],
    ["gunzip", { maxRatio: "10" }],
    ["gunzip", { trailing: "ignore" }],
    ["gunzip", { dictionary: Buffer.from("x") }],
    ["unzstd", { maxOutputBytes: -1 }],
    ["decompress", { blockSize: 0 }],
  ] as const)("of %s are refused at once: %o", (name, options) => {
    const make = api[name] as (inner: unknown, options: unknown) => unknown;
    expect(() => make(memory(), options)).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
  });

  it("that are in range all work", async () => {
    const { gzip, deflate, brotli, zstd } = api;
    const data = Buffer.from(text);
    for (const strategy of ["default", "filtered", "huffman-only", "rle", "fixed"] as const) {
      const made = await through(
        (inner) => gzip(inner, { strategy, windowBits: 9, memLevel: 1, level: 1 }),
        data,
      );
      expect(zlib.gunzipSync(made).toString()).toBe(text);
    }
    const small = await through(
      (inner) => brotli(inner, { quality: 11, lgwin: 10, mode: "text", sizeHint: 9 }),
      data,
    );
    expect(zlib.brotliDecompressSync(small).toString()).toBe(text);
    const fast = await through(
      (inner) => zstd(inner, { level: -131_072, windowLog: 10, checksum: false }),
      data,
    );
    expect(zlib.zstdDecompressSync(fast).toString()).toBe(text);
    const best = await through((inner) => deflate(inner, { level: 9 }), data);
    expect(zlib.inflateSync(best).toString()).toBe(text);
  });

  it("dictionary: both ends need the same", async () => {
    const dictionary = Buffer.from(text.slice(0, 500));
    const data = Buffer.from(text.slice(20, 300));
    type Codec = (inner: AsyncWrite, options?: { dictionary: Uint8Array }) => Writer;
    const pairs: readonly [Codec, Codec][] = [
      [api.deflate, api.inflate],
      [api.deflateRaw, api.inflateRaw],
      [api.zstd, api.unzstd],
    ];
    for (const [encode, decode] of pairs) {
      const made = await through((inner) => encode(inner, { dictionary }), data);
      expect(made.length).toBeLessThan((await through(encode, data)).length);
      const back = await through((inner) => decode(inner, { dictionary }), made);
      expect(Buffer.compare(back, data)).toBe(0);
      await expect(through(decode, made)).rejects.toMatchObject({ code: "ERR_AW_CORRUPT" });
    }
  });

  it("maxWindowLog: a frame that asks for more memory is refused", async () => {
    const huge = await through(
      (inner) => api.zstd(inner, { windowLog: 20 }),
      Buffer.alloc(5 << 20, "x"),
    );
    for (const maxWindowLog of [10, 19]) {
      const failed = through((inner) => api.unzstd(inner, { maxWindowLog }), huge);
      await expect(failed).rejects.toMatchObject({ code: "ERR_AW_LIMIT" });
    }
    expect(await through((inner) => api.unzstd(inner, { maxWindowLog: 20 }), huge)).toHaveLength(
      5 << 20,
    );
    // zstd --long=31 makes such frames: a window of 2 GiB, and an empty last block.
    const long = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 21 << 3, 1, 0, 0]);
    await expect(through(api.unzstd, long)).rejects.toMatchObject({ code: "ERR_AW_LIMIT" });
    expect(await through((inner) => api.unzstd(inner, { maxWindowLog: 31 }), long)).toHaveLength(0);
  });

  it("pledgedSize goes into the header, and another size fails", async () => {
    const data = Buffer.from(text);
    const { length } = data;
    const made = await through((inner) => api.zstd(inner, { pledgedSize: length }), data);
    expect(zlib.zstdDecompressSync(made)).toHaveLength(length);
    for (const pledgedSize of [length - 1, length + 1]) {
      await expect(through((inner) => api.zstd(inner, { pledgedSize }), data)).rejects.toThrow(
        /size/,
      );
    }
  });

  it("a name that is not known is refused with the nearest one", () => {
    const options = { lvel: 3 } as object;
    expect(() => api.gzip(memory(), options)).toThrow("did you mean level?");
  });

  it.each(Object.entries(api).filter(([name]) => /^[a-z]/.test(name)))(
    "%s refuses an inner that is neither a writer nor a reader, or both",
    (_name, make) => {
      const factory = make as (inner: unknown) => unknown;
      for (const inner of [undefined, {}, Promise.resolve(memory()), process.stdout]) {
        expect(() => factory(inner)).toThrow(
          expect.objectContaining({
            code: "ERR_AW_INVALID_ARGUMENT",
            message: expect.stringMatching(
              /expected a writer or a reader|both written and read/,
            ) as string,
          }),
        );
      }
    },
  );

  it("windowLog: at most 8 MiB for HTTP, whatever the level", async () => {
    /** The window that a frame asks for, by its descriptor. */
    const windowOf = async (options: compression.ZstdOptions): Promise<number> => {
      const made = await through((inner) => api.zstd(inner, options), Buffer.from(text));
      return 10 + ((made[5] as number) >> 3);
    };
    expect(await windowOf({ level: 22 })).toBe(27);
    for (const level of [20, 21, 22]) expect(await windowOf({ level, windowLog: "http" })).toBe(23);
    expect(await windowOf({ level: 3, windowLog: "http" })).toBe(await windowOf({ level: 3 }));
    expect(await windowOf({ level: 19, windowLog: "http" })).toBeLessThanOrEqual(23);
  });

  it("largeWindow: a format of its own, for decoders that are set to accept it", async () => {
    const data = Buffer.from(text);
    const large = await through(
      (inner) => api.brotli(inner, { largeWindow: true, lgwin: 30 }),
      data,
    );
    await expect(through(api.unbrotli, large)).rejects.toMatchObject({ code: "ERR_AW_CORRUPT" });
    for (const made of [large, await through(api.brotli, data)]) {
      const back = await through((inner) => api.unbrotli(inner, { largeWindow: true }), made);
      expect(Buffer.compare(back, data)).toBe(0);
    }
  });

  it("maxRatio counts all input so far, and the first MiB of output is free", async () => {
    const data = Buffer.alloc(3 << 20, "text ");
    const made = zlib.gzipSync(data);
    const ratio = data.length / made.length;
    for (const blockSize of [100, 65_536]) {
      const decode =
        (maxRatio: number) =>
        (inner: AsyncWrite): compression.GunzipWriter =>
          api.gunzip(inner, { maxRatio, blockSize });
      expect(await through(decode(ratio * 1.2), made)).toHaveLength(data.length);
      await expect(through(decode(ratio / 1.2), made)).rejects.toMatchObject({
        code: "ERR_AW_LIMIT",
      });
      const small = zlib.gzipSync(data.subarray(0, 1 << 20));
      expect(await through(decode(1), small)).toHaveLength(1 << 20);
    }
    const limits = { maxOutputBytes: 3 << 20, maxRatio: 10 };
    expect(exceeds(limits, 2 << 20, (2 << 20) / 10)).toBe(undefined);
    expect(exceeds(limits, (2 << 20) + 10, (2 << 20) / 10)).toMatchObject({ kind: "limit" });
    expect(exceeds(limits, 1 << 20, 1)).toBe(undefined);
    expect(exceeds(limits, (1 << 20) + 1, 1)).toMatchObject({ kind: "limit" });
    expect(exceeds(limits, 3 << 20, 1 << 30)).toBe(undefined);
    expect(exceeds(limits, (3 << 20) + 1, 1 << 30)).toMatchObject({ kind: "limit" });
  });
});
