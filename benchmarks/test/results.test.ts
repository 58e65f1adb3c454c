import { expect, it } from "vitest";
import { resultsOf, type Measured } from "../src/results.ts";

function measured(competitor: string, ...runs: number[][]): Measured {
  return { subject: { name: `${competitor}: way`, competitor }, runs };
}

it("takes the median of the runs, and ours divided by each", () => {
  const all = [measured("aw", [10], [30], [20]), measured("node", [4], [5], [6])];
  expect(resultsOf({ name: "tcp" }, [{ unit: "MB/s" }], all)).toEqual([
    { case: "tcp", subject: "aw: way", unit: "MB/s", median: 20, min: 10, max: 30, ratio: 1 },
    { case: "tcp", subject: "node: way", unit: "MB/s", median: 5, min: 4, max: 6, ratio: 4 },
  ]);
});

it("has above 1 for better where less is better, by metric", () => {
  const metrics = [
    { suffix: "p50", unit: "us" },
    { suffix: "p99", unit: "us" },
  ] as const;
  const results = resultsOf({ name: "echo" }, metrics, [
    measured("aw", [10, 50]),
    measured("node", [20, 25]),
  ]);
  expect(results.map((result) => [result.case, result.median, result.ratio])).toEqual([
    ["echo-p50", 10, 1],
    ["echo-p50", 20, 2],
    ["echo-p99", 50, 1],
    ["echo-p99", 25, 0.5],
  ]);
});

it("has no ratio by nothing, and none where ours was not measured", () => {
  const heap = [measured("aw", [0]), measured("node", [100])];
  expect(resultsOf({ name: "heap" }, [{ unit: "B" }], heap)[1]?.ratio).toBeNull();
  const others = [measured("node", [1]), measured("c", [2])];
  expect(resultsOf({ name: "tcp" }, [{ unit: "MB/s" }], others)[0]?.ratio).toBeNull();
});
