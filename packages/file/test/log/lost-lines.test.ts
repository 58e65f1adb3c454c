import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LostLines } from "../../src/log/lost-lines.ts";
import type { RecoveringOutput } from "../../src/log/recovering-output.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

/** The count, and what it has reported: the error, and how many lines. */
function setUp() {
  const reports: [unknown, number][] = [];
  const output = {
    report: (error: unknown, _: string, lines: number) => void reports.push([error, lines]),
  };
  return { lost: new LostLines(output as RecoveringOutput), reports };
}

it.each([
  ["", 0],
  ["\n", 1],
  ["line\n", 1],
  ["one\ntwo\n", 2],
  ["cut", 1],
  ["line\ncut", 2],
  ["\n\n", 2],
])("counts the lines of %j: %i", (text, count) => {
  const { lost, reports } = setUp();
  lost.add(text, "why");
  expect(reports).toEqual([["why", count]]);
  expect(lost.isPending).toBe(false);
});

it("reports the first one at once, and the others once in a second", () => {
  const { lost, reports } = setUp();
  lost.add("one\n", "first");
  lost.add("two\n", "second");
  vi.advanceTimersByTime(999);
  lost.add("three\nfour\n", "third");
  expect([reports, lost.isPending]).toEqual([[["first", 1]], true]);
  vi.advanceTimersByTime(1);
  lost.add("five\n", "fourth");
  expect(reports).toEqual([
    ["first", 1],
    ["fourth", 4],
  ]);
  lost.add("six\n", "fifth");
  expect(reports).toHaveLength(2);
});

it("reports what is left when it is asked to, once", () => {
  const { lost, reports } = setUp();
  lost.report();
  expect(reports).toEqual([]);
  lost.add("one\n", "first");
  lost.add("two\n", "second");
  expect(lost.isPending).toBe(true);
  lost.report();
  lost.report();
  expect([reports, lost.isPending]).toEqual([
    [
      ["first", 1],
      ["second", 1],
    ],
    false,
  ]);
});
