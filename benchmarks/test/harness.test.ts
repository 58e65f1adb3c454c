import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cases, type BenchCase } from "../src/cases.ts";
import { taskOf } from "../src/compare.ts";
import { COMPETITORS } from "../src/competitor.ts";
import { runTasks } from "../src/run-tasks.ts";
import { subjectsOf, type Subject } from "../src/subjects.ts";
import type { WorkloadName } from "../src/ways.ts";
import type { Opened } from "../src/workload.ts";
import { loadWorkload } from "../src/workloads.ts";

const opened = new Map<WorkloadName, Opened | undefined>();

beforeAll(async () => {
  const names = new Set(cases.map(({ workload }) => workload));
  const opening = [...names].map(async (name) => {
    opened.set(name, await (await loadWorkload(name)).open?.());
  });
  await Promise.all(opening);
});

afterAll(() => {
  for (const each of opened.values()) each?.close();
});

/** Every subject of every case that is there, by competitor. */
const subjects: { each: BenchCase; subject: Subject }[] = [];
for (const each of cases) {
  for (const subject of await subjectsOf(each, true)) subjects.push({ each, subject });
}

describe.each(COMPETITORS)("%s", (name) => {
  const own = subjects.filter(({ subject }) => subject.competitor === name);
  const ready = own.filter(({ subject }) => subject.missing === undefined);
  const first = ready[0]?.subject;

  // One process does all of its work, as little of each as shows that it does.
  it.skipIf(first === undefined)("does every work it knows", async () => {
    const tasks = ready.map(({ each, subject }) =>
      taskOf(each, subject, 0, opened.get(each.workload)),
    );
    const figures = await runTasks((first as Subject).runtime, tasks);
    const expected = await Promise.all(
      ready.map(async ({ each }) => (await loadWorkload(each.workload)).metrics(each.figure)),
    );
    expect(figures.map((all) => all.length)).toEqual(expected.map((metrics) => metrics.length));
    expect(figures.flat().every(Number.isFinite)).toBe(true);
  });
});

it("has ours first in every case", () => {
  for (const each of cases) {
    expect(subjects.find((one) => one.each === each)?.subject.competitor).toBe("aw");
  }
});
