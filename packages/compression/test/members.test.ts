import { randomBytes } from "node:crypto";
import * as zlib from "node:zlib";
import * as api from "@aw/compression";
import type { AsyncWrite, Writer } from "@aw/core";
import { describe, expect, it } from "vitest";
import { through } from "./codecs.ts";

describe("members and frames", () => {
  const skippable = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9]);
  const zstdFrames = [
    zlib.zstdCompressSync("one "),
    skippable,
    zlib.zstdCompressSync(""),
    zlib.zstdCompressSync(randomBytes(300_000).fill("ab", 0, 150_000)),
    zlib.zstdCompressSync("two"),
    skippable,
  ];

  it.each([1, 3, 1000, 65_536])(
    "of zstd follow one another, in blocks of %i",
    async (blockSize) => {
      const data = Buffer.concat(zstdFrames);
      const decoded = await through((inner) => api.unzstd(inner, { blockSize }), data);
      expect(decoded).toHaveLength(4 + 300_000 + 3);
      expect(Buffer.from(decoded.subarray(-3)).toString()).toBe("two");
    },
  );

  it("of gzip follow one another, with zeros at the end", async () => {
    const members = ["one ", "", "two"].map((text) => zlib.gzipSync(text));
    for (const blockSize of [1, 7, 65_536]) {
      const decode = (inner: AsyncWrite): Writer => api.gunzip(inner, { blockSize });
      const padded = Buffer.concat([...members, Buffer.alloc(1000)]);
      expect(Buffer.from(await through(decode, padded)).toString()).toBe("one two");
      const garbage = Buffer.concat([padded, Buffer.from("garbage"), Buffer.alloc(100_000)]);
      await expect(through(decode, garbage)).rejects.toMatchObject({
        code: "ERR_AW_CORRUPT",
        message: expect.stringContaining(`at byte ${padded.length}`) as string,
      });
    }
  });

  it("that are tiny come by the thousand in one block", async () => {
    const skips = Buffer.concat(Array.from({ length: 20_000 }, () => skippable));
    expect(await through(api.unzstd, skips)).toHaveLength(0);
    const members = Buffer.concat(Array.from({ length: 500 }, () => zlib.gzipSync("x")));
    expect(await through(api.gunzip, members)).toHaveLength(500);
  });

  it("of zstd cut short fail as truncated, unless it is between two", async () => {
    const [first, second] = [zlib.zstdCompressSync("one"), zlib.zstdCompressSync("two")];
    const data = Buffer.concat([first, second]);
    for (let length = 1; length < data.length; length++) {
      const decoded = through(api.unzstd, data.subarray(0, length));
      if (length === first.length) expect(await decoded).toHaveLength(3);
      else
        await expect(decoded).rejects.toMatchObject({
          code: expect.stringMatching(/TRUNCATED|CORRUPT/) as string,
        });
    }
  });
});
