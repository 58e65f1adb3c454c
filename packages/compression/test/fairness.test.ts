import { gzipSync } from "node:zlib";
import { unzstd } from "@aw/compression";
import { sink, type Writer } from "@aw/core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { crc32 } from "../src/crc32.ts";
import { checkDecode, DECODE } from "../src/decode-options.ts";
import { DecodeWriter } from "../src/decode-writer.ts";
import { Decoder } from "../src/decoder.ts";
import { GzipDecoder, gzipFormat } from "../src/gzip-format.ts";
import { pakoInflateCoder } from "../src/sync/pako-coders.ts";
import { SyncCoder, type Step, type SyncCodec } from "../src/sync/sync-coder.ts";

/** As in browsers. */
function pakoGunzip(): Writer {
  const format = gzipFormat((push) => new GzipDecoder(pakoInflateCoder("raw"), crc32, push));
  const checked = checkDecode("gunzip", { blockSize: 1 << 20 }, DECODE);
  return new DecodeWriter(sink(), new Decoder("gunzip", [format], checked), checked.blockSize);
}

/** A clock by which everything takes that long. */
function slowClock(ms: number): void {
  let now = performance.now();
  vi.spyOn(performance, "now").mockImplementation(() => (now += ms));
}

/** How many turns of the event loop pass meanwhile. */
async function turnsOf(work: Promise<void>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const tick = (): void => {
    turns++;
    if (!isOver) setImmediate(tick);
  };
  setImmediate(tick);
  await work;
  isOver = true;
  return turns;
}

/** A turn of the event loop is over, and what it had used of its share with it. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

afterEach(async () => {
  vi.restoreAllMocks();
  await nextTurn();
});

describe("synchronous work ends with the share of its turn", () => {
  const skippable = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9]);

  it.each<[string, () => Writer, Buffer]>([
    ["frames that are skipped", () => unzstd(sink(), { blockSize: 1 << 20 }), repeat(skippable)],
    ["tiny members", pakoGunzip, repeat(gzipSync("x"))],
    ["input that expands a thousand times", pakoGunzip, gzipSync(Buffer.alloc(10_000_000))],
    ["input that hardly expands", pakoGunzip, gzipSync(counting(3_000_000), { level: 1 })],
  ])("of %s", async (_name, make, data) => {
    const decoder = make();
    await decoder.writeAll(data.subarray(0, data.length - 1));
    slowClock(1);
    // By that clock a turn has its 5 ms after six looks at it.
    const turns = await turnsOf(decoder.flush());
    expect(turns).toBeGreaterThan(10);
    vi.restoreAllMocks();
    await nextTurn();
    await decoder.writeAll(data.subarray(-1));
    await decoder.close();
  });
});

describe("SyncCoder", () => {
  /** Uses what it gets, and takes `ms` for it. */
  class TimedCodec implements SyncCodec {
    readonly inputs: number[] = [];
    ms = 0;
    #now = 0;

    constructor() {
      vi.spyOn(performance, "now").mockImplementation(() => this.#now);
    }

    step(input: Uint8Array): Step {
      this.inputs.push(input.length);
      this.#now += this.ms;
      return { used: input.length, made: 0, ended: false };
    }

    restart(): void {}
    destroy(): void {}
  }

  const code = (coder: SyncCoder, length: number): Promise<unknown> =>
    new Promise((resolve) => coder.write(new Uint8Array(length), resolve));

  it("gives a codec less at a time while it is slow, and more again", async () => {
    const codec = new TimedCodec();
    const coder = new SyncCoder(codec, () => true);
    codec.ms = 10;
    await code(coder, 100_000);
    expect(codec.inputs.slice(0, 7)).toEqual([8192, 4096, 2048, 1024, 512, 256, 256]);
    codec.ms = 0;
    codec.inputs.length = 0;
    await code(coder, 1_000_000);
    expect(codec.inputs.slice(0, 10)).toEqual([
      256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 65_536,
    ]);
  });

  it("gives a codec as much at a time as before while that is in time", async () => {
    const codec = new TimedCodec();
    const coder = new SyncCoder(codec, () => true);
    codec.ms = 0.5;
    await code(coder, 40_000);
    expect(codec.inputs).toEqual([8192, 8192, 8192, 8192, 7232]);
  });

  it("goes on in the next turn, and not for who has room for output", async () => {
    const codec = new TimedCodec();
    const coder = new SyncCoder(codec, () => true);
    codec.ms = 10;
    const coded = code(coder, 1 << 20);
    const { length } = codec.inputs;
    coder.resume();
    expect(codec.inputs).toHaveLength(length);
    codec.ms = 0;
    await coded;
  });

  it("takes no more of a turn, however many calls were begun when the one before was answered", async () => {
    const codec = new TimedCodec();
    const coder = new SyncCoder(codec, () => true);
    // One step is more than the share of a turn.
    codec.ms = 10;
    let isOver = false;
    let calls = 0;
    const next = (): void => {
      if (++calls < 50) coder.write(new Uint8Array(600), next);
      else isOver = true;
    };
    next();
    let max = 0;
    for (let before = codec.inputs.length; !isOver; before = codec.inputs.length) {
      await nextTurn();
      max = Math.max(max, codec.inputs.length - before);
    }
    expect(max).toBeLessThan(5);
  });

  it("does nothing more once it is destroyed, in the turn that it waited for", async () => {
    const codec = new TimedCodec();
    const coder = new SyncCoder(codec, () => true);
    codec.ms = 10;
    let answers = 0;
    coder.write(new Uint8Array(1 << 20), () => answers++);
    const { length } = codec.inputs;
    coder.destroy();
    await nextTurn();
    await nextTurn();
    expect([answers, codec.inputs.length]).toEqual([0, length]);
  });
});

function repeat(piece: Buffer): Buffer {
  return Buffer.concat(Array.from({ length: 20_000 }, () => piece));
}

function counting(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => (index * index) >> 7));
}
