import * as zlib from "node:zlib";
import { decompress } from "@aw/compression";
import { memory } from "@aw/core";
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
});
