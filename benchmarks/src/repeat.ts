import { GCProfiler } from "node:v8";
import type { OwnTime } from "./ways.ts";
import type { Task } from "./task.ts";
import type { Metric, Workload } from "./workload.ts";

/** Does the work `count` times, checks it, and returns how many milliseconds it took. */
type Run = (count: number) => Promise<number>;

/** How many bytes so many writes are, where not all are of the same size. */
type BytesOf = (count: number) => number;

/** What a clock of CPU time may not see, in milliseconds: a run takes no less. */
const SHORTEST = 0.001;

/**
 * Until V8 has compiled what a server runs, in milliseconds: layers of small functions take several times as
 * long before, and it is compiled by threads whose time counts.
 */
const WARM_UP = 1000;

export interface Repeatable<Way> {
  readonly unit: "MB/s" | "ns";
  readonly open?: Workload<Way>["open"];
  /** Called for each measurement. */
  readonly start: (way: Way, task: Task) => Run;
  readonly bytesOf?: BytesOf | undefined;
}

/** So few that any machine does them in no time. */
const LEAST: number = 4;

/** So that files fit into memory. */
const MOST_BYTES: number = 1 << 30;

/** How many writes show what each takes from the heap, and for how long slow ones are given, in ms. */
const HEAP_WRITES: number = 10_000_000;
const HEAP_BUDGET: number = 2000;

/** A workload that is many times the same: its speed, or what each time leaves on the heap. */
export function repeated<Way>({ unit, open, start, bytesOf }: Repeatable<Way>): Workload<Way> {
  return {
    metrics: (figure): readonly Metric[] => [{ unit: figure === "heap" ? "B" : unit }],
    open,
    async measure(way, task) {
      const run = start(way, task);
      if (task.figure === "heap") return [await allocated(run, task)];
      const { count, milliseconds } = await atFullSpeed(run, task);
      if (unit === "ns") return [(milliseconds * 1e6) / count];
      const bytes = bytesOf?.(count) ?? count * task.size;
      return [bytes / 1e3 / milliseconds];
    },
  };
}

/**
 * Runs more and more until a run fills the budget, which warms up too. A run counts if the one before it
 * was long as well: how often a short one can be repeated says little.
 */
async function atFullSpeed(
  run: Run,
  { budget, size }: Pick<Task, "budget" | "size">,
): Promise<{ count: number; milliseconds: number }> {
  const most = Math.max(LEAST, Math.floor(MOST_BYTES / size));
  let count = LEAST;
  for (let warm = false; ;) {
    const milliseconds = await run(count);
    const full = count === most;
    if (warm && (full || milliseconds >= budget / 2)) return { count, milliseconds };
    warm = full || milliseconds >= budget / 4;
    const factor = Math.min(32, budget / Math.max(milliseconds, SHORTEST));
    count = Math.min(most, Math.max(LEAST, Math.ceil(count * factor)));
  }
}

/** `atFullSpeed` of a server, in whose process nothing else has run before. */
export async function onceWarm(
  run: Run,
  task: Pick<Task, "budget" | "size">,
): Promise<{ count: number; milliseconds: number }> {
  if (task.budget > 0) await atFullSpeed(run, { ...task, budget: WARM_UP });
  return atFullSpeed(run, task);
}

/**
 * The bytes that each write takes from the heap. Exact only without a collection, for which the new
 * generation has to be large; what fills it even so is done less often.
 */
async function allocated(run: Run, { budget }: Task): Promise<number> {
  const few = budget === 0 ? LEAST : HEAP_WRITES / 500;
  await run(few);
  const milliseconds = await run(few);
  let count = budget === 0 ? LEAST : Math.floor((few * HEAP_BUDGET) / milliseconds);
  count = Math.min(HEAP_WRITES, count);
  for (;;) {
    globalThis.gc?.();
    const profiler = new GCProfiler();
    profiler.start();
    const before = process.memoryUsage().heapUsed;
    await run(count);
    const grown = process.memoryUsage().heapUsed - before;
    const collections = profiler.stop().statistics.length;
    if (collections === 0 || count === LEAST) return grown / count;
    count = Math.max(LEAST, Math.floor(count / 10));
  }
}

/** The time that `work` takes, in milliseconds; or what it says itself. */
export async function timed(work: () => Promise<unknown> | void): Promise<number> {
  const start = performance.now();
  const result = (await work()) as Partial<OwnTime> | undefined;
  return result?.milliseconds ?? performance.now() - start;
}

/** The CPU time that `work` takes in this process, in milliseconds: a peer that is slow does not count. */
export async function cpuTimed(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** Throws unless what arrived is what was sent: a figure for lost bytes is none. */
export function expectBytes(arrived: number, sent: number): void {
  if (arrived !== sent) throw new Error(`${arrived} bytes arrived of ${sent}`);
}
