import { afterMicrotasks } from "./platform.ts";
import { runAll, type Runnable } from "./executor.ts";

/** Something to do at the end of the turn, once, however often it is asked for before that. */
export class TurnEnd implements Runnable {
  readonly #action: () => void;
  #scheduled = false;

  constructor(action: () => void) {
    this.#action = action;
  }

  schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    atTurnEnd(this);
  }

  run(): void {
    this.#scheduled = false;
    this.#action();
  }
}

let waiting: Runnable[] = [];
let running: Runnable[] = [];

/**
 * Runs `task.run()` once no microtask is left, together with all others that asked for it. This
 * is when gathered bytes leave: an `await` loop of small writes fills one slab, not one packet
 * per message. The caller keeps it from being scheduled twice.
 */
export function atTurnEnd(task: Runnable): void {
  if (waiting.push(task) === 1) afterMicrotasks(runWaiting);
}

function runWaiting(): void {
  const tasks = waiting;
  waiting = running;
  running = tasks;
  runAll(tasks);
  tasks.length = 0;
}
