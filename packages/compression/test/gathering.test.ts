import { EncodeWriter } from "@aw/compression";
import { memory } from "@aw/core";
import { expect, it } from "vitest";
import { Encoder } from "../src/encoder.ts";

it("small writes gather into blocks before the coder sees them", async () => {
  const blocks: number[] = [];
  const encoder = new Encoder("counting", () => ({
    write(block, done) {
      blocks.push(block.length);
      // As the thread pool: later.
      setImmediate(() => done(undefined, block.length));
    },
    flush: (block, done) => done(undefined, block.length),
    finish: (done) => done(undefined, 0),
    resume() {},
    destroy() {},
  }));
  const out = new EncodeWriter(memory(), encoder, { blockSize: 65_536 });
  for (let index = 0; index < 10_000; index++) await out.writeAll("x".repeat(100));
  expect(blocks.every((length) => length === 65_536)).toBe(true);
  await out.close();
  expect(blocks).toHaveLength(Math.ceil(1_000_000 / 65_536));
});
