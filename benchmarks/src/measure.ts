/** Measures subjects, in a process of their own: measure.ts TASKS, which is JSON, as the answer is. */
import { loadCompetitor, waysOf } from "./competitor.ts";
import type { Task } from "./task.ts";
import { loadWorkload } from "./workloads.ts";

const tasks = JSON.parse(process.argv[2] ?? "") as readonly Task[];
const answers: (readonly number[])[] = [];
for (const task of tasks) {
  const ways = await waysOf(await loadCompetitor(task.competitor), task.workload);
  const way = ways[task.way];
  if (way === undefined) throw new Error(`no such subject: ${JSON.stringify(task)}`);
  const workload = await loadWorkload(task.workload);
  answers.push(await workload.measure(way, task));
}
process.stdout.write(JSON.stringify(answers));
