import { spend } from "./coop.ts";
import { inMicrotask } from "./platform.ts";

/** Something with work to do later. `run` does not throw. */
export interface Runnable {
  run(): void;
}

let ready: Runnable[] = [];
let draining: Runnable[] = [];
let scheduled = false;

/**
 * Runs `task.run()` in a microtask, or in the next turn of the event loop once the tasks of this
 * turn have used up their time. The caller keeps it from being scheduled twice.
 */
export function schedule(task: Runnable): void {
  ready.push(task);
  if (scheduled) return;
  scheduled = true;
  inMicrotask(drain);
}

/** Runs every task. What one throws, such as a waker of somebody else's, surfaces and stops no other. */
export function runAll(tasks: readonly Runnable[]): void {
  for (const task of tasks) {
    try {
      task.run();
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

function drain(): void {
  scheduled = false;
  const turn = spend(ready.length);
  if (turn !== undefined) {
    // These alone: what is scheduled meanwhile does not depend on their turn.
    const late = ready;
    ready = [];
    void turn.then(() => runAll(late));
    return;
  }
  const tasks = ready;
  ready = draining;
  draining = tasks;
  runAll(tasks);
  tasks.length = 0;
}
