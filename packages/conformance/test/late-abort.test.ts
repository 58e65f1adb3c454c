import type { Done, TransformControl, Transformer } from "@aw/core";
import { expect, it } from "vitest";
import { conformanceCases } from "../src/index.ts";
import { transformed } from "./subjects.ts";

const END = 0xff;

/** Two bytes for one; its end leaves at once, and what says that it did comes in a later turn. */
class EarlyEnd implements Transformer {
  #control: TransformControl | undefined;

  start(control: TransformControl): void {
    this.#control = control;
  }

  transform(block: Uint8Array, done: Done): void {
    const halves = new Uint8Array(block.length * 2);
    block.forEach((byte, index) => halves.set([byte >> 4, byte & 15], 2 * index));
    this.#control?.push(halves);
    done();
  }

  finish(done: Done): void {
    this.#control?.push(Uint8Array.of(END));
    setImmediate(done);
  }
}

it("an end that left before the abort is one", async () => {
  const cases = conformanceCases({
    name: "an early end",
    layer: (inner) => transformed(inner, new EarlyEnd()),
    decode: (bytes) => {
      const halves = bytes.at(-1) === END ? bytes.subarray(0, -1) : bytes;
      return Uint8Array.from({ length: halves.length >> 1 }, (_, index) => {
        return ((halves[2 * index] ?? 0) << 4) | (halves[2 * index + 1] ?? 0);
      });
    },
    isComplete: (bytes) => bytes.at(-1) === END,
    seeds: 200,
  });
  const schedules = cases.at(-1);
  expect(schedules?.id).toBe("AW-WRITE-8");
  await schedules?.run();
});
