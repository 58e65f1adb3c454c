import { afterMicrotasks, inMicrotask } from "./platform.ts";
import { runAll, type Runnable } from "./executor.ts";

/** What is run at the end of a turn. */
export interface TurnEndTask extends Runnable {
  /** Whether there is something to do yet; there is, if it does not say. Then it is run somewhat earlier. */
  readonly isDue?: boolean;
}

/** Something to do at the end of the turn, once, however often it is asked for before that. */
export class TurnEnd implements TurnEndTask {
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

let waiting: TurnEndTask[] = [];
let running: TurnEndTask[] = [];

/**
 * Runs `task.run()` once no microtask is left, together with all others that asked for it. This
 * is when gathered bytes leave: an `await` loop of small writes fills one slab, not one packet
 * per message. The caller keeps it from being scheduled twice.
 */
export function atTurnEnd(task: TurnEndTask): void {
  if (waiting.push(task) === 1) inMicrotask(letFlushComeFirst);
}

/** Who awaits a write and flushes then does so in the microtask after this one. */
function letFlushComeFirst(): void {
  inMicrotask(waitIfDue);
}

/** A tick costs several microtasks. A server that flushes each of its answers needs none. */
function waitIfDue(): void {
  if (waiting.some(isDue)) afterMicrotasks(runWaiting);
  else runWaiting();
}

function isDue(task: TurnEndTask): boolean {
  return task.isDue ?? true;
}

function runWaiting(): void {
  const tasks = waiting;
  waiting = running;
  running = tasks;
  runAll(tasks);
  tasks.length = 0;
}
