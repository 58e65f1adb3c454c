import type { WorkloadName } from "./ways.ts";

/** What distinguishes the cases of one workload. */
export interface Parameters {
  /** Of one write, in bytes. */
  readonly size: number;
  /** How many writers are stacked. */
  readonly layers: number;
  /** How many messages come in one turn of the event loop, or are in flight on one connection. */
  readonly burst: number;
  /** How fast it is, or what it takes from the heap for each write. */
  readonly figure: "speed" | "heap";
}

/** What the harness asks of a process: one subject, one case, once. */
export interface Task extends Parameters {
  readonly competitor: string;
  readonly workload: WorkloadName;
  readonly way: string;
  /** How long the measured part should take, in milliseconds. 0: as little as shows that it works. */
  readonly budget: number;
  /** What the workload opened for its subjects. */
  readonly target: unknown;
}
