import { describe, expect, it } from "vitest";
import type { Result } from "../src/results.ts";
import { goals, judge } from "../src/goals.ts";
import { knownSubjects } from "./known.ts";

const known = await knownSubjects();

describe("goals", () => {
  it.each(goals)("$text: is of subjects that are measured", ({ value }) => {
    const asked: [name: string, subject: string][] = [];
    value((name, subject) => {
      asked.push([name, subject]);
      return 1;
    });
    expect(asked.length).toBeGreaterThan(0);
    for (const [name, subject] of asked) expect([...(known.get(name) ?? [])]).toContain(subject);
  });

  it("are judged by what is there", () => {
    const row = (subject: string, median: number): Result => {
      const figures = { median, min: median, max: median, ratio: null };
      return { case: "gzip-lines", subject, unit: "MB/s", ...figures };
    };
    const results = [
      row("aw: await", 100),
      row("node: createGzip", 5),
      row("minipass: minizlib.Gzip", 90),
    ];
    expect(judge(results).map(({ value, met }) => [value, met])).toEqual([
      [20, true],
      [100 / 90, false],
    ]);
  });

  it("say what the same by hand would reach", () => {
    const rows = [
      ["aw: poll", 14],
      ["by-hand: poll", 13],
    ] as const;
    const results = rows.map(([subject, median]): Result => {
      const figures = { median, min: median, max: median, ratio: null };
      return { case: "call-buffered", subject, unit: "ns", ...figures };
    });
    expect(judge(results).map(({ value, byHand }) => [value, byHand])).toEqual([[14, 13]]);
  });
});
