import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readReport, writeReport, type Report } from "../src/report.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aw-report-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function reportOf(name: string, median: number, node = "v24.0.0"): Report {
  const figures = { unit: "ns" as const, median, min: median, max: median, ratio: 1 };
  const results = [{ case: name, subject: "aw: poll", ...figures }];
  const missing = [{ case: name, subject: "tokio: BufWriter", why: "needs cargo" }];
  return { machine: "a machine", node, versions: {}, runs: 7, results, missing };
}

it("keeps the other cases of the file", () => {
  const file = join(folder, "results.json");
  writeReport(file, reportOf("one", 1));
  writeReport(file, reportOf("two", 2));
  writeReport(file, reportOf("one", 3));
  const { results, missing } = readReport(file);
  expect(results.map((result) => [result.case, result.median])).toEqual([
    ["two", 2],
    ["one", 3],
  ]);
  expect(missing).toHaveLength(2);
});

it("does not mix what was measured differently", () => {
  const file = join(folder, "results.json");
  writeReport(file, reportOf("one", 1));
  writeReport(file, reportOf("two", 2, "v26.0.0"));
  expect(readReport(file).results.map((result) => result.case)).toEqual(["two"]);
});
