import { randomBytes } from "node:crypto";
import * as zlib from "node:zlib";
import * as api from "@aw/compression";
import { memory, type AsyncWrite, type Writer } from "@aw/core";
import { describe, expect, it } from "vitest";
import type { MakeCoder } from "../src/coder.ts";
import { nodeGzipFormat } from "../src/node/node-gzip-format.ts";
import { zstdFormat } from "../src/zstd-format.ts";
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

  it.each([1, 65_536])(
    "of zstd have no zeros between them: those are garbage, or counted, in blocks of %i",
    async (blockSize) => {
      const frame = zlib.zstdCompressSync("one");
      const data = Buffer.concat([frame, Buffer.alloc(5), frame]);
      await expect(
        through((inner) => api.unzstd(inner, { blockSize }), data),
      ).rejects.toMatchObject({ code: "ERR_AW_CORRUPT" });
      const reader = api.unzstd(data, { blockSize, trailing: "report" });
      expect([await reader.text(), reader.trailingBytes]).toEqual(["one", 5 + frame.length]);
    },
  );

  it("of gzip that expand beyond a piece of output come one by one, too", async () => {
    const text = Buffer.alloc(100_000, "a line of text\n");
    const data = Buffer.concat([zlib.gzipSync(text), zlib.gzipSync(text), zlib.gzipSync(text)]);
    const reader = api.gunzip(data, { trailing: "report" });
    expect(Buffer.compare(await reader.readAll(), Buffer.concat([text, text, text]))).toBe(0);
  });

  it("that are tiny come by the thousand in one block", async () => {
    const skips = Buffer.concat(Array.from({ length: 20_000 }, () => skippable));
    expect(await through(api.unzstd, skips)).toHaveLength(0);
    const members = Buffer.concat(Array.from({ length: 500 }, () => zlib.gzipSync("x")));
    expect(await through(api.gunzip, members)).toHaveLength(500);
  });

  it.each([
    ["gzip", api.gunzip, zlib.gzipSync],
    ["zstd", api.unzstd, zlib.zstdCompressSync],
  ] as const)(
    "of %s cut short are truncated, in the next one's magic too, unless between two",
    async (_name, decode, encode) => {
      const [first, second] = [encode(Buffer.from("one")), encode(Buffer.from("two"))];
      const data = Buffer.concat([first, second]);
      for (const blockSize of [1, 65_536]) {
        for (let length = 0; length < data.length; length++) {
          const cut = data.subarray(0, length);
          const decoded = through((inner) => decode(inner, { blockSize }), cut);
          if (length === first.length) expect(await decoded).toHaveLength(3);
          else await expect(decoded).rejects.toMatchObject({ code: "ERR_AW_TRUNCATED" });
        }
      }
    },
  );

  it.each([
    ["refuse", 1],
    ["refuse", 65_536],
    ["report", 1],
    ["report", 65_536],
  ] as const)(
    "of gzip may have zeros between them, as on tapes (trailing: %s, in blocks of %i)",
    async (trailing, blockSize) => {
      const zeros = Buffer.alloc(1000);
      const [one, two] = [zlib.gzipSync("one "), zlib.gzipSync("two")];
      const data = Buffer.concat([one, zeros, two, two, zeros]);
      const target = memory();
      const decoder = api.gunzip(target, { trailing, blockSize });
      await decoder.writeAll(data);
      await decoder.close();
      expect([target.text(), decoder.trailingBytes]).toEqual(["one twotwo", 0]);
    },
  );

  it.each([1, 2, 65_536])(
    "of gzip with garbage behind are refused, or the garbage counted, in blocks of %i",
    async (blockSize) => {
      const members = Buffer.concat([zlib.gzipSync("one"), zlib.gzipSync("two")]);
      for (const garbage of ["x", "xy", "\x1fx", "garbage ".repeat(1000)]) {
        const data = Buffer.concat([members, Buffer.from(garbage)]);
        const refused = through((inner) => api.gunzip(inner, { blockSize }), data);
        await expect(refused).rejects.toMatchObject({
          code: "ERR_AW_CORRUPT",
          message: expect.stringContaining("garbage after the end") as string,
        });
        const decoder = api.gunzip(memory(), { blockSize, trailing: "report" });
        await decoder.writeAll(data);
        await decoder.close();
        expect(decoder.trailingBytes).toBe(garbage.length);
      }
    },
  );
});

describe("a coder serves many members", () => {
  const idle: MakeCoder = () => ({
    write: (block, done) => done(undefined, block.length),
    flush: (block, done) => done(undefined, block.length),
    finish: (done) => done(undefined, 0),
    resume() {},
    destroy() {},
  });

  it("of zstd", () => {
    let made = 0;
    const format = zstdFormat((push) => {
      made++;
      return idle(push);
    });
    const decoder = format.decoder(() => true);
    for (let frame = 0; frame < 100; frame++) {
      if (frame > 0) decoder.restart();
      // The magic number first, as at the end of a block.
      const bytes = zlib.zstdCompressSync("text");
      decoder.write(bytes.subarray(0, 4), () => {});
      decoder.write(bytes.subarray(4), (_failure, _used, ended) => expect(ended).toBe(true));
    }
    expect(made).toBe(1);
  });

  it("of gzip: zlib gets them all in one piece", async () => {
    const decoder = nodeGzipFormat(false).decoder(() => true);
    const data = Buffer.concat(Array.from({ length: 1000 }, () => zlib.gzipSync("x")));
    const used = await new Promise((resolve) => decoder.write(data, (_failure, n) => resolve(n)));
    expect(used).toBe(data.length);
    decoder.destroy();
  });
});
