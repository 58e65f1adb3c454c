import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { Transform } from "node:stream";
import * as zlib from "node:zlib";
import { EncodeWriter, gzip, unzstd, zstd } from "@aw/compression";
import { stallable } from "@aw/conformance";
import { memory, type AsyncWrite, type Writer } from "@aw/core";
import { describe, expect, it } from "vitest";
import { ReusedCoders, StreamBlockCoder, type BlockCoder } from "../src/node/block-coder.ts";
import { ParallelEncoder, type ParallelFormat } from "../src/node/parallel-encoder.ts";
import type { ZlibStream } from "../src/node/stream-coder.ts";
import { through } from "./codecs.ts";
import { acceptAll, noise, random, seed } from "./instruments.ts";

/** Passes blocks on as they are, when the test says so. */
class ManualFormat implements ParallelFormat {
  readonly label = "manual";
  readonly header: Uint8Array = Buffer.from("(");
  /** Those that are in work: each goes on when it is called. */
  readonly working: ((error?: Error) => void)[] = [];

  coderFor(): BlockCoder {
    const stream = new Transform({
      transform: (block: Uint8Array, _encoding, done) => {
        // Only now: the block has to stay as it is until then.
        this.working.push((error) => done(error, Buffer.from(block)));
      },
    });
    return new StreamBlockCoder(stream as ZlibStream);
  }

  trailer(): Uint8Array {
    return Buffer.from(")");
  }
}

function manual(inner: AsyncWrite, format: ParallelFormat, parallel: number): EncodeWriter {
  const blocks = { blockSize: 10, firstBlockSize: 10 };
  return new EncodeWriter(inner, new ParallelEncoder(format, parallel), blocks);
}

/** Log lines that differ in what the real ones differ in. */
function logLines(count: number): Buffer {
  const lines = Array.from({ length: count }, (_, index) => {
    const id = createHash("md5").update(String(index)).digest("hex").slice(0, 16);
    return `{"time":${1_700_000_000_000 + index * 7},"id":"${id}","msg":"request ${index % 97} done"}\n`;
  });
  return Buffer.from(lines.join(""));
}

describe("parallel", () => {
  it.each([1, 2, 3, 4])("%i works on so many blocks at once, and not more", async (parallel) => {
    const next = random(seed);
    const target = memory();
    const format = new ManualFormat();
    const out = manual(target, format, parallel);
    const data = noise(next, 1000);
    const written = out.writeAll(data).then(() => out.close());
    let max = 0;
    // A turn for each block, and some for the end.
    for (let turn = 0; turn < 200; turn++) {
      max = Math.max(max, format.working.length);
      // They end in any order, and go out in that of the blocks.
      format.working.splice(next(format.working.length || 1), 1)[0]?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await written;
    expect(max).toBe(parallel);
    const expected = Buffer.concat([Buffer.from("("), data, Buffer.from(")")]);
    expect(Buffer.compare(target.bytes(), expected), `seed ${seed}`).toBe(0);
  });

  it.each([1, 2, 3, 4])("%i takes two blocks more, and one that fills", async (parallel) => {
    const out = manual(memory(), new ManualFormat(), parallel);
    let accepted = 0;
    for (let n = 1; n > 0; accepted += n) n = out.tryWrite(Buffer.alloc(10));
    expect(accepted).toBe((parallel + 2 + 1) * 10);
    out.abort();
  });

  it("fails with what a block failed with, and puts out nothing after it", async () => {
    const target = memory();
    const format = new ManualFormat();
    const out = manual(target, format, 2);
    await out.writeAll("0123456789abcdefghij");
    const closing = expect(out.close()).rejects.toMatchObject({
      code: "ERR_AW_IO",
      message: expect.stringContaining("manual > memory: no memory") as string,
      cause: { name: "RangeError" },
    });
    const [first, second] = format.working;
    second?.(new RangeError("no memory"));
    await closing;
    first?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(target.text()).toBe("(");
  });

  it("fails with what is thrown about a block that is done, where nobody else could catch it", async () => {
    const format = Object.assign(new ManualFormat(), {
      outputOf(): never {
        throw new RangeError("no memory");
      },
    });
    const target = memory();
    const out = manual(target, format, 1);
    await out.writeAll("0123456789");
    const closing = expect(out.close()).rejects.toMatchObject({
      cause: { message: "no memory" },
    });
    format.working[0]?.();
    await closing;
    expect(target.text()).toBe("(");
  });

  it.each([1, 2, 3, 4])("%i holds a bounded amount while nothing is taken", async (parallel) => {
    const blockSize = 65_536;
    const data = noise(random(seed), 20 * blockSize);
    const encoders: readonly ((
      inner: AsyncWrite,
      options: { parallel: number; blockSize: number },
    ) => Writer)[] = [zstd, gzip];
    for (const encode of encoders) {
      const inner = stallable(memory());
      inner.stall();
      const out = encode(inner, { parallel, blockSize });
      // So many in work, two that wait, and the two of the engine.
      expect(await acceptAll(out, data)).toBeLessThanOrEqual((parallel + 4) * blockSize);
      out.abort();
    }
  });
});

it("sets up as many coders as work at a time, and releases each", () => {
  const made: { answer?: () => void; destroyed: boolean }[] = [];
  const coders = new ReusedCoders(() => {
    const coder: (typeof made)[number] = { destroyed: false };
    made.push(coder);
    return {
      compress: (block, done) => (coder.answer = () => done(undefined, block)),
      destroy: () => (coder.destroyed = true),
    };
  });
  for (let block = 0; block < 10; block++) {
    coders.compress(Buffer.from("a"), () => {});
    coders.compress(Buffer.from("b"), () => {});
    for (const { answer } of made) answer?.();
  }
  expect(made).toHaveLength(2);
  coders.destroy();
  expect(made.every(({ destroyed }) => destroyed)).toBe(true);
});

describe("parallel gzip", () => {
  const data = logLines(60_000);

  it.each([1, 6, 9])("at level %i is one member within 1 %% of serial", async (level) => {
    const serial = await through((inner) => gzip(inner, { level }), data);
    for (const parallel of [1, 2, 3, 4]) {
      const made = await through((inner) => gzip(inner, { level, parallel }), data);
      expect(Buffer.compare(zlib.gunzipSync(made), data)).toBe(0);
      expect(made.length / serial.length).toBeLessThan(1.01);
      // One member: it ends where the input ends, and nothing follows.
      expect(new DataView(made.buffer).getUint32(made.length - 4, true)).toBe(data.length);
    }
  });

  it("loses little even with small blocks, which have those before them as dictionary", async () => {
    const serial = await through(gzip, data);
    const made = await through((inner) => gzip(inner, { parallel: 2, blockSize: 65_536 }), data);
    expect(made.length / serial.length).toBeLessThan(1.003);
  });

  it("has all that the window holds as dictionary of a short block", async () => {
    const target = memory();
    const out = gzip(target, { parallel: 2, blockSize: 100_000 });
    const [first, second] = [noise(random(seed), 10_000), noise(random(seed + 1), 10_000)];
    for (const block of [first, second, first, second, first, second]) {
      await out.writeAll(block);
      await out.flush();
    }
    await out.close();
    expect(target.length).toBeLessThan(22_000);
  });

  it("keeps its window over short blocks between flushes", async () => {
    for (const windowBits of [9, 15]) {
      const target = memory();
      const out = gzip(target, { parallel: 3, blockSize: 100_000, windowBits });
      for (let at = 0; at < 1_000_000; at += 10_000) {
        await out.writeAll(data.subarray(at, at + 10_000));
        if (at % 30_000 === 0) await out.flush();
      }
      await out.close();
      expect(Buffer.compare(zlib.gunzipSync(target.bytes()), data.subarray(0, 1_000_000))).toBe(0);
    }
  });
});

describe("parallel zstd", () => {
  const zstdSays = (data: Uint8Array): number | null =>
    spawnSync("zstd", ["-tq"], { input: data }).status;

  it("does not look complete between two frames, but after close", async () => {
    for (const parallel of [1, 4]) {
      const target = memory();
      const out = zstd(target, { parallel });
      for (let round = 0; round < 3; round++) {
        await out.writeAll("some text");
        await out.flush();
        expect(zstdSays(target.bytes())).toBe(1);
        await expect(through(unzstd, target.bytes())).rejects.toMatchObject({
          code: "ERR_AW_TRUNCATED",
        });
      }
      await out.close();
      expect(zstdSays(target.bytes())).toBe(0);
      expect(await through(unzstd, target.bytes())).toHaveLength(3 * "some text".length);
    }
  });

  it("that was cut anywhere is truncated, exactly between two frames too", async () => {
    const whole = await through(
      (inner) => zstd(inner, { parallel: 2, blockSize: 100 }),
      Buffer.alloc(300, "abc"),
    );
    for (const trailing of ["refuse", "report"] as const) {
      for (let length = 0; length < whole.length; length++) {
        const cut = through((inner) => unzstd(inner, { trailing }), whole.subarray(0, length));
        await expect(cut, `${trailing} ${length}`).rejects.toMatchObject({
          code: "ERR_AW_TRUNCATED",
        });
      }
    }
    expect(await through(unzstd, whole)).toHaveLength(300);
    expect(zstdSays(whole)).toBe(0);
  });

  it("has nothing in it that other decoders mind", async () => {
    const text = "a line of text\n".repeat(100);
    for (const options of [{}, { checksum: false }, { windowLog: 10 }, { level: 19 }]) {
      const made = await through(
        (inner) => zstd(inner, { parallel: 2, blockSize: 500, ...options }),
        Buffer.from(text),
      );
      const { status, stdout } = spawnSync("zstd", ["-dcq"], { input: made });
      expect([status, String(stdout)]).toEqual([0, text]);
    }
  });

  it("of nothing is one empty frame", async () => {
    const made = await through((inner) => zstd(inner, { parallel: 2 }), Buffer.alloc(0));
    expect(zstdSays(made)).toBe(0);
    expect(zlib.zstdDecompressSync(made)).toHaveLength(0);
  });
});
