import {
  buffered,
  Reader,
  ReadThrough,
  TransformEngine,
  TransformReadEngine,
  type Transformer,
} from "@aw/core";
import { describe, expect, it } from "vitest";
import { ConformanceError, stackCase, type RuleId, type StackOptions } from "../src/index.ts";
import { stackConformance } from "../src/vitest.ts";
import { MUTANTS } from "./mutants.ts";
import { READER_MUTANTS } from "./reader-mutants.ts";

/** Makes other bytes of the same number, at a moment that the seed decides. */
function xor(later: (step: () => void) => void): Transformer {
  let push!: (chunk: Uint8Array) => boolean;
  return {
    start: (control) => {
      push = (chunk) => control.push(chunk);
    },
    transform(block, done) {
      later(() => {
        push(flipped(block));
        done();
      });
    },
  };
}

function flipped(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => byte ^ 0x55);
}

const through: Pick<StackOptions, "reader" | "writer"> = {
  reader: (inner) => ({ reader: new ReadThrough(inner, "through") }),
  writer: (inner) => buffered(inner),
};

stackConformance({ name: "a layer that passes bytes into one that gathers them", ...through });

for (const blockSize of [100, 65_536]) {
  const options = { blockSize, firstBlockSize: blockSize, eager: true };
  stackConformance({
    name: `a reader that transforms into a writer that does (${blockSize})`,
    reader: (inner, { later }) => ({
      reader: new Reader(new TransformReadEngine(inner, xor(later), options)),
    }),
    writer: (inner, { later }) => new TransformEngine(inner, xor(later), options),
    encode: flipped,
    decode: flipped,
  });
}

describe("a stack is found out", () => {
  async function finding(stack: Pick<StackOptions, "reader" | "writer">): Promise<string> {
    const { run } = stackCase({ name: "the stack", ...stack, seeds: 200, patience: 10 });
    return run().then(
      () => "nothing",
      (error: unknown) => (error instanceof ConformanceError ? error.rule : String(error)),
    );
  }

  it.each([
    ["swaps the first two bytes", "AW-WRITE-8"],
    ["consumes one byte too few", "AW-WRITE-8"],
    ["forgets the waker", "AW-READ-5"],
    ["does not make its source stop", "AW-READ-7"],
    ["takes a failure for the end", "AW-READ-6"],
  ])("whose reader %s", async (breaks, rule) => {
    const mutant = READER_MUTANTS.find((each) => each.breaks === breaks);
    const reader: StackOptions["reader"] = (inner, options) =>
      mutant?.layer(inner, options) as never;
    expect(await finding({ ...through, reader })).toBe(rule);
  });

  it.each<RuleId>(["AW-WRITE-1", "AW-WRITE-8"])("whose writer breaks %s", async (rule) => {
    const mutant = MUTANTS.find((each) => each.rule === rule);
    const writer: StackOptions["writer"] = (inner, options) =>
      mutant?.layer(inner, options) as never;
    expect(await finding({ ...through, writer })).toMatch(/^AW-/);
  });

  it("and names the seed, which shows it again", async () => {
    const swaps = READER_MUTANTS[0]?.layer as StackOptions["reader"];
    const { run } = stackCase({ name: "swaps", ...through, reader: swaps });
    await expect(run()).rejects.toThrow(/AW_SEED=\d+/);
  });
});
