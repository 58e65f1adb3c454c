import { describe, expect, it } from "vitest";
import {
  conformanceCases,
  RULE_IDS,
  type ConformanceCase,
  type RuleId,
  type Supports,
} from "../src/index.ts";
import { findingsOf, type Findings } from "./findings.ts";
import { correct, MUTANTS, type Mutant } from "./mutants.ts";

/** @param patience for a wake; short where one is lost, which is waited for again and again */
function brokenBy(
  layer: Mutant["layer"],
  supports: Supports = {},
  patience = 10,
): Promise<Findings> {
  const options = { name: "the layer", layer, supports, seeds: 40, patience };
  return findingsOf(conformanceCases(options));
}

it("has at least one case for each rule", () => {
  const layer = conformanceCases({ name: "layer", layer: correct });
  const ids = new Set(layer.map(({ id }) => id));
  expect(RULE_IDS.filter((id) => !ids.has(id))).toEqual([]);
});

it("finds nothing in a correct layer", async () => {
  expect((await brokenBy(correct, { unprompted: true }, 2000)).broken).toEqual(new Map());
});

it("has a mutant for each rule", () => {
  const broken = new Set(MUTANTS.map(({ rule }) => rule));
  expect(RULE_IDS.filter((id) => !broken.has(id))).toEqual([]);
});

it("runs the same schedule again for the seed of a finding", async () => {
  const swap = MUTANTS.find(({ rule }) => rule === "AW-WRITE-8") as Mutant;
  const cases = () => conformanceCases({ name: "swap", layer: swap.layer, seeds: 200 });
  const messageOf = async (): Promise<string> => {
    const schedules = cases().at(-1) as ConformanceCase;
    return schedules.run().then(
      () => "nothing was found",
      (error: Error) => error.message,
    );
  };
  const findings = [await messageOf(), await messageOf()];
  expect(findings[0]).toMatch(/AW_SEED=\d+/);
  expect(findings[1]).toBe(findings[0]);
});

describe("a mutant", () => {
  for (const { rule, breaks, also = {}, layer, supports } of MUTANTS) {
    it(`that ${breaks} is rejected for ${rule}`, { timeout: 60_000 }, async () => {
      const { broken, byOwnCase } = await brokenBy(layer, supports);
      expect([...byOwnCase]).toContain(rule);
      const allowed = new Set<RuleId>([rule, ...(Object.keys(also) as RuleId[])]);
      const others = [...broken].filter(([id]) => !allowed.has(id as RuleId));
      expect(others).toEqual([]);
    });
  }
});
