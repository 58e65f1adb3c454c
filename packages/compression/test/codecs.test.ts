import { randomBytes } from "node:crypto";
import * as zlib from "node:zlib";
import * as compression from "@aw/compression";
import { memory, PENDING } from "@aw/core";
import { describe, expect, it } from "vitest";
import { codecs, through } from "./codecs.ts";
import { TrickleWriter } from "./instruments.ts";

const text = "The quick brown fox jumps over the lazy dog. ".repeat(3000);

describe.each(codecs)("$name", (codec) => {
  const { encode, decode, nodeEncode, nodeDecode } = codec;

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["one byte", Buffer.from("x")],
    ["a block", randomBytes(131_072)],
    ["text", Buffer.from(text)],
  ])("takes and gives what Node's functions do, of %s", async (_name, data) => {
    expect(Buffer.compare(nodeDecode(await through(encode, data)), data)).toBe(0);
    expect(Buffer.compare(await through(decode, nodeEncode(data)), data)).toBe(0);
  });

  it("decodes byte by byte in blocks of any size", async () => {
    for (const blockSize of [1, 2, 3, 5, 64]) {
      const target = memory();
      const out = decode(target, { blockSize });
      for (const byte of nodeEncode(Buffer.from(text))) await out.writeAll(Buffer.of(byte));
      await out.close();
      expect(target.text()).toBe(text);
    }
  });

  it("fails as truncated at every length", async () => {
    const whole = nodeEncode(Buffer.from("a short text"));
    for (let length = 0; length < whole.length; length++) {
      await expect(through(decode, whole.subarray(0, length))).rejects.toMatchObject({
        code: "ERR_AW_TRUNCATED",
      });
    }
  });

  it("refuses garbage after the end, or reports it", async () => {
    for (const garbage of ["g", "garbage", "x".repeat(200_000)]) {
      for (const blockSize of [1, 7, 65_536]) {
        if (garbage.length > 100 && blockSize < 100) continue;
        const data = Buffer.concat([nodeEncode(Buffer.from(text)), Buffer.from(garbage)]);
        const decoded = through((inner) => decode(inner, { blockSize }), data);
        await expect(decoded).rejects.toMatchObject({ code: "ERR_AW_CORRUPT" });
        const target = memory();
        const out = decode(target, { blockSize, trailing: "report" });
        await out.writeAll(data);
        await out.close();
        expect(target.text()).toBe(text);
        expect(out.trailingBytes).toBe(garbage.length);
      }
    }
  });

  it("says where the corruption is", async () => {
    const data = Buffer.from(nodeEncode(randomBytes(200_000)));
    data.fill(0xff, 150_000, 150_100);
    const failed = await through(decode, data).then(
      () => "decoded",
      (error: Error & { code?: string }) => error,
    );
    if (failed === "decoded") expect(codec.hasChecksum).toBe(false);
    else
      expect(failed).toMatchObject({
        code: "ERR_AW_CORRUPT",
        message: expect.stringMatching(/byte \d+/) as string,
      });
  });

  it("stops at maxOutputBytes and at maxRatio, with no byte more", async () => {
    const bomb = nodeEncode(Buffer.alloc(20 << 20));
    for (const options of [{ maxOutputBytes: 1 << 20 }, { maxRatio: 10 }]) {
      const target = memory();
      const out = decode(target, options);
      const failed = out.writeAll(bomb).then(() => out.close());
      await expect(failed).rejects.toMatchObject({ code: "ERR_AW_LIMIT" });
      expect(target.length).toBeLessThanOrEqual(1 << 20);
    }
    expect(
      await through((inner) => decode(inner, { maxRatio: 10 }), nodeEncode(Buffer.from("1"))),
    ).toHaveLength(1);
  });

  it("makes everything so far decodable at each flush, and adds nothing at an idle one", async () => {
    const plain = memory();
    const target = memory();
    const both = [encode(target), encode(decode(plain))] as const;
    let sent = "";
    for (let index = 0; index < 50; index++) {
      const line = `line ${index} ${"x".repeat(index * 40)}\n`;
      sent += line;
      for (const out of both) {
        await out.writeAll(line);
        await out.flush();
      }
      expect(plain.text()).toBe(sent);
      expect(codec.nodeDecodeSoFar(target.bytes()).toString()).toBe(sent);
      const { length } = target;
      await both[0].flush();
      expect(target.length).toBe(length);
    }
    for (const out of both) await out.close();
    expect(nodeDecode(target.bytes()).toString()).toBe(sent);
  });

  it("is exact over a 2-byte inner writer that is PENDING every second call", async () => {
    const inner = new TrickleWriter();
    const out = encode(decode(inner));
    await out.writeAll(text);
    await out.close();
    expect(Buffer.from(inner.received).toString()).toBe(text);
    expect(inner.closes).toBe(1);
  });
});

const api = { ...compression };

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

describe("decompress", () => {
  it.each(codecs.filter(({ name }) => ["gzip", "deflate", "zstd"].includes(name)))(
    "knows $name",
    async ({ nodeEncode }) => {
      for (const blockSize of [1, 2, 100]) {
        const data = nodeEncode(Buffer.from(text));
        expect(await through((inner) => api.decompress(inner, { blockSize }), data)).toHaveLength(
          text.length,
        );
      }
    },
  );

  it("says which format it was", async () => {
    const out = api.decompress(memory());
    expect(out.format).toBeUndefined();
    await out.writeAll(zlib.zstdCompressSync("x"));
    await out.close();
    expect(out.format).toBe("zstd");
  });

  it("fails on anything else, and on nothing", async () => {
    await expect(through(api.decompress, Buffer.from("plain text"))).rejects.toMatchObject({
      code: "ERR_AW_CORRUPT",
    });
    await expect(through(api.decompress, Buffer.alloc(0))).rejects.toMatchObject({
      code: "ERR_AW_TRUNCATED",
    });
    await expect(through(api.decompress, Buffer.of(0x1f))).rejects.toMatchObject({
      code: "ERR_AW_TRUNCATED",
    });
  });
});

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
    ["gzip", { lvel: 3 }],
    ["deflate", { dictionary: Buffer.alloc(0) }],
    ["deflateRaw", { dictionary: "text" }],
    ["brotli", { quality: 12 }],
    ["brotli", { lgwin: 9 }],
    ["brotli", { mode: "image" }],
    ["zstd", { level: 23 }],
    ["zstd", { checksum: 1 }],
    ["zstd", { windowLog: 28 }],
    ["zstd", { pledgedSize: -1 }],
    ["zstd", { pledgedSize: 5, parallel: 2 }],
    ["zstd", { params: { [zlib.constants.ZSTD_c_nbWorkers]: 2 } }],
    ["zstd", { nbWorkers: 2 }],
    ["gunzip", { maxRatio: 0 }],
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
      (inner) => zstd(inner, { level: -5, windowLog: 10, checksum: false }),
      data,
    );
    expect(zlib.zstdDecompressSync(fast).toString()).toBe(text);
    const best = await through((inner) => deflate(inner, { level: 9 }), data);
    expect(zlib.inflateSync(best).toString()).toBe(text);
  });

  it("dictionary: both ends need the same", async () => {
    const dictionary = Buffer.from(text.slice(0, 500));
    const data = Buffer.from(text.slice(20, 300));
    for (const [encode, decode] of [
      [api.deflate, api.inflate],
      [api.deflateRaw, api.inflateRaw],
      [api.zstd, api.unzstd],
    ] as const) {
      const made = await through((inner) => encode(inner, { dictionary }), data);
      expect(made.length).toBeLessThan((await through(encode, data)).length);
      const back = await through((inner) => decode(inner, { dictionary }), made);
      expect(Buffer.compare(back, data)).toBe(0);
      await expect(through(decode, made)).rejects.toMatchObject({ code: "ERR_AW_CORRUPT" });
    }
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
});

describe("gzip header", () => {
  const header = { name: "naïve.txt", comment: "a comment", mtime: new Date(1_700_000_000_000) };

  it("is written and read", async () => {
    const target = memory();
    const decoder = api.gunzip(target, { blockSize: 1 });
    const out = api.gzip(decoder, header);
    await out.writeAll(text);
    await out.close();
    expect(decoder.header).toEqual(header);
    expect(target.text()).toBe(text);
    const parallel = await through(
      (inner) => api.gzip(inner, { ...header, parallel: 2 }),
      Buffer.from(text),
    );
    expect(zlib.gunzipSync(parallel).toString()).toBe(text);
  });

  it("may have every field there is", async () => {
    const plain = zlib.gzipSync(text);
    const fields = Buffer.from([0x1f, 0x8b, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 3, 3, 0, 1, 2, 3]);
    const data = Buffer.concat([
      fields,
      Buffer.from("n\0c\0"),
      Buffer.from([0, 0]),
      plain.subarray(10),
    ]);
    const decoder = api.gunzip(memory());
    await decoder.writeAll(data);
    await decoder.close();
    expect(decoder.header).toEqual({ name: "n", comment: "c" });
  });
});

describe("parallel", () => {
  it("gzip is one member within 1 % of serial, at any n, with short blocks between", async () => {
    const lines = Array.from(
      { length: 60_000 },
      (_, index) => `{"n":${(index * 2_654_435_761) >>> 0},"msg":"request done"}\n`,
    );
    const data = Buffer.from(lines.join(""));
    const serial = await through(api.gzip, data);
    for (const parallel of [1, 2, 3, 4]) {
      const made = await through((inner) => api.gzip(inner, { parallel }), data);
      expect(Buffer.compare(zlib.gunzipSync(made), data)).toBe(0);
      expect(made.length / serial.length).toBeLessThan(1.01);
      const target = memory();
      const out = api.gzip(target, { parallel });
      for (let at = 0; at < data.length; at += 100_000) {
        await out.writeAll(data.subarray(at, at + 100_000));
        if (at % 300_000 === 0) await out.flush();
      }
      await out.close();
      expect(Buffer.compare(zlib.gunzipSync(target.bytes()), data)).toBe(0);
    }
  });

  it("zstd keeps the order, and holds a bounded amount while the inner writer takes nothing", async () => {
    const data = randomBytes(3_000_000);
    const made = await through(
      (inner) => api.zstd(inner, { parallel: 4, blockSize: 100_000 }),
      data,
    );
    expect(Buffer.compare(await through(api.unzstd, made), data)).toBe(0);
    for (const encode of [api.zstd, api.gzip]) {
      const inner = new TrickleWriter();
      inner.pollWrite = () => PENDING;
      const out = encode(inner, { parallel: 2, blockSize: 65_536 });
      let accepted = 0;
      for (let full = 0; full < 100; full++) {
        const n = out.tryWrite(data.subarray(0, 10_000));
        if (n > 0) full = 0;
        accepted += n;
        await new Promise((resolve) => setImmediate(resolve));
      }
      // Two blocks in work, two that wait, and the two of the engine.
      expect(accepted).toBeLessThanOrEqual(6 * 65_536);
      out.abort();
    }
  });
});
