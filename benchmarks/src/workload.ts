import type { Task } from "./task.ts";
import type { Unit } from "./units.ts";

/** One figure of a measurement. */
export interface Metric {
  /** Added to the name of the case, where there are several. */
  readonly suffix?: string | undefined;
  readonly unit: Unit;
}

/** What the subjects of a case talk to. It goes to their processes as JSON. */
export interface Opened {
  readonly target: unknown;
  close(): void;
}

/** One kind of work, for every competitor the same. */
export interface Workload<Way> {
  /** What `measure` returns, in this order. */
  metrics(figure: Task["figure"]): readonly Metric[];
  /** Called once for all runs of a case, in the process of the harness. */
  readonly open?: (() => Promise<Opened>) | undefined;
  /** What it needs that is not there, if anything. */
  missing?(way: Way): string | undefined;
  /** Called in a process of its own. Checks that the work was done. */
  measure(way: Way, task: Task): Promise<readonly number[]>;
}
