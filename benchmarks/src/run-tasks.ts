import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { findRuntime, runtimeFlags, type RuntimeName } from "./runtimes.ts";
import type { Task } from "./task.ts";

const execute = promisify(execFile);

const MEASURE: string = join(import.meta.dirname, "measure.ts");

/** A new generation so large that nothing is collected while the heap is watched. */
const LARGE: readonly string[] = ["--min-semi-space-size=512", "--max-semi-space-size=512"];

/** What takes longer hangs. */
const MOST_MILLISECONDS: number = 5 * 60 * 1000;

/** Runs tasks in a process of their own; returns the figures of each. */
export async function runTasks(
  runtime: RuntimeName,
  tasks: readonly Task[],
  moreFlags: readonly string[] = [],
): Promise<readonly (readonly number[])[]> {
  const command = findRuntime(runtime);
  if (command === undefined) throw new Error(`there is no ${runtime}`);
  const watched = tasks.some(({ figure }) => figure === "heap");
  const flags = [...runtimeFlags(runtime), ...(watched ? LARGE : []), ...moreFlags];
  const { stdout } = await execute(command, [...flags, MEASURE, JSON.stringify(tasks)], {
    timeout: MOST_MILLISECONDS,
  });
  return JSON.parse(stdout) as number[][];
}
