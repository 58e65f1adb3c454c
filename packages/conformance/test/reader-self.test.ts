import { describe, expect, it } from "vitest";
import { READER_RULE_IDS, readerCases, type ReaderLayer } from "../src/index.ts";
import { findingsOf, type Findings } from "./findings.ts";
import { CorrectReader, READER_MUTANTS } from "./reader-mutants.ts";

const correct: ReaderLayer = (inner) => new CorrectReader(inner);

/** @param patience for a wake; short where one is lost, which is waited for again and again */
function brokenBy(layer: ReaderLayer, patience = 10): Promise<Findings> {
  return findingsOf(readerCases({ name: "the layer", layer, seeds: 40, patience }));
}

it("has a case and a mutant for each rule of readers", () => {
  const ids = new Set(readerCases({ name: "layer", layer: correct }).map(({ id }) => id));
  const broken = new Set(READER_MUTANTS.map(({ rule }) => rule));
  expect(READER_RULE_IDS.filter((id) => !ids.has(id) || !broken.has(id))).toEqual([]);
});

it("finds nothing in a correct reader", async () => {
  expect((await brokenBy(correct, 2000)).broken).toEqual(new Map());
});

it("names the seed of a finding", async () => {
  const swaps = READER_MUTANTS[0]?.layer as ReaderLayer;
  const schedules = readerCases({ name: "swaps", layer: swaps, seeds: 200 }).at(-1);
  await expect(schedules?.run()).rejects.toThrow(/AW_SEED=\d+/);
});

describe("a mutant", () => {
  for (const { rule, breaks, also, layer } of READER_MUTANTS) {
    it(`that ${breaks} is rejected for ${rule}`, { timeout: 60_000 }, async () => {
      const { broken, byOwnCase } = await brokenBy(layer);
      expect([...byOwnCase]).toContain(rule);
      const allowed = new Set([rule, ...Object.keys(also)]);
      expect([...broken].filter(([id]) => !allowed.has(id))).toEqual([]);
      // A reason that is none any more is no reason.
      expect([...allowed].filter((id) => !broken.has(id))).toEqual([]);
    });
  }
});
