import { describe, expect, it } from "vitest";
import { ConformanceError, READER_RULE_IDS, readerCases, type ReaderLayer } from "../src/index.ts";
import { CorrectReader, READER_MUTANTS } from "./reader-mutants.ts";

const correct: ReaderLayer = (inner) => new CorrectReader(inner);

/** The rules that a layer is found to break. */
async function brokenBy(layer: ReaderLayer): Promise<Map<string, string>> {
  const broken = new Map<string, string>();
  const options = { name: "the layer", layer, seeds: 40, patience: 10 };
  for (const { name, skip, run } of readerCases(options)) {
    if (skip !== undefined) continue;
    await run().catch((error: unknown) => {
      const rule = error instanceof ConformanceError ? error.rule : String(error);
      if (!broken.has(rule)) broken.set(rule, `${name}: ${String(error)}`);
    });
  }
  return broken;
}

it("has a case and a mutant for each rule of readers", () => {
  const ids = new Set(readerCases({ name: "layer", layer: correct }).map(({ id }) => id));
  const broken = new Set(READER_MUTANTS.map(({ rule }) => rule));
  expect(READER_RULE_IDS.filter((id) => !ids.has(id) || !broken.has(id))).toEqual([]);
});

it("finds nothing in a correct reader", async () => {
  expect(await brokenBy(correct)).toEqual(new Map());
});

it("names the seed of a finding", async () => {
  const swaps = READER_MUTANTS[0]?.layer as ReaderLayer;
  const schedules = readerCases({ name: "swaps", layer: swaps, seeds: 200 }).at(-1);
  await expect(schedules?.run()).rejects.toThrow(/AW_SEED=\d+/);
});

describe("a mutant", () => {
  for (const { rule, breaks, layer } of READER_MUTANTS) {
    it(`that ${breaks} is rejected for ${rule}`, { timeout: 60_000 }, async () => {
      expect([...(await brokenBy(layer)).keys()]).toContain(rule);
    });
  }
});
