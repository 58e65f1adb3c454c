import * as zlib from "node:zlib";
import { decompress, deflate, deflateRaw, inflate, inflateRaw, zstd } from "@aw/compression";
import { memory, type AsyncWrite, type Writer } from "@aw/core";
import { describe, expect, it } from "vitest";
import { codecs, through } from "./codecs.ts";

const text = "The quick brown fox jumps over the lazy dog. ".repeat(3000);

describe("decompress", () => {
  it.each(codecs.filter(({ name }) => ["gzip", "deflate", "zstd"].includes(name)))(
    "knows $name",
    async ({ nodeEncode }) => {
      for (const blockSize of [1, 2, 100]) {
        const data = nodeEncode(Buffer.from(text));
        expect(await through((inner) => decompress(inner, { blockSize }), data)).toHaveLength(
          text.length,
        );
      }
    },
  );

  it("says which format it was", async () => {
    const out = decompress(memory());
    expect(out.format).toBeUndefined();
    await out.writeAll(zlib.zstdCompressSync("x"));
    await out.close();
    expect(out.format).toBe("zstd");
  });

  it("fails on anything else, and on nothing", async () => {
    await expect(through(decompress, Buffer.from("plain text"))).rejects.toMatchObject({
      code: "ERR_AW_CORRUPT",
    });
    await expect(through(decompress, Buffer.alloc(0))).rejects.toMatchObject({
      code: "ERR_AW_TRUNCATED",
    });
    await expect(through(decompress, Buffer.of(0x1f))).rejects.toMatchObject({
      code: "ERR_AW_TRUNCATED",
    });
  });

  it("takes the options that its errors advise", async () => {
    // A window of 256 MiB, one raw block of five bytes, the last.
    const frame = Buffer.from("28b52ffd00902900006565656565", "hex");
    await expect(through(decompress, frame)).rejects.toMatchObject({
      code: "ERR_AW_LIMIT",
      message: expect.stringContaining("maxWindowLog") as string,
    });
    const wider = await through((inner) => decompress(inner, { maxWindowLog: 28 }), frame);
    expect(String(Buffer.from(wider))).toBe("eeeee");
    const dictionary = Buffer.from(text.slice(0, 300));
    const encoders: readonly ((
      inner: AsyncWrite,
      options: { dictionary: Uint8Array },
    ) => Writer)[] = [deflate, zstd];
    for (const encode of encoders) {
      const made = await through((inner) => encode(inner, { dictionary }), Buffer.from(text));
      const back = await through((inner) => decompress(inner, { dictionary }), made);
      expect(back).toHaveLength(text.length);
    }
  });
});

describe("inflate with acceptRaw", () => {
  const decode = (inner: AsyncWrite): Writer => inflate(inner, { acceptRaw: true, blockSize: 1 });

  it("takes what HTTP calls deflate, which is either of two", async () => {
    for (const encode of [deflate, deflateRaw]) {
      for (const level of [0, 1, 6, 9]) {
        for (const data of [Buffer.from(text), Buffer.from("x"), Buffer.alloc(0)]) {
          const made = await through((inner) => encode(inner, { level }), data);
          expect(Buffer.compare(await through(decode, made), data)).toBe(0);
        }
      }
    }
  });

  it("fails on neither, and on nothing", async () => {
    const neither = through(decode, Buffer.alloc(100, 0xff));
    await expect(neither).rejects.toMatchObject({ code: "ERR_AW_CORRUPT" });
    const nothing = through(decode, Buffer.alloc(0));
    await expect(nothing).rejects.toMatchObject({ code: "ERR_AW_TRUNCATED" });
  });

  it("is for inflate: raw deflate has nothing to tell it by", async () => {
    const made = await through(deflateRaw, Buffer.from(text));
    await expect(through(inflate, made)).rejects.toMatchObject({ code: "ERR_AW_CORRUPT" });
    expect(() => inflateRaw(memory(), { acceptRaw: true } as object)).toThrow(/no option/);
  });
});
