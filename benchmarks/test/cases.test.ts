import { describe, expect, it } from "vitest";
import { cases } from "../src/cases.ts";

describe.each(cases)("$name", ({ subjects }) => {
  it.each(Object.entries(subjects))("runs at a tiny size: %s", async (_name, measure) => {
    expect(Number.isFinite(await measure({ scale: 0.00001 }))).toBe(true);
  });
});
