import { Timer } from "../../task/timer.ts";
import { describe } from "../../trait/describe.ts";
import { AsyncWriteError } from "../../trait/error.ts";
import { PENDING, type Poll } from "../../trait/poll.ts";
import { NOOP_WAKER, type Waker } from "../../trait/waker.ts";

/** Says when polls of one kind have been PENDING for too long. */
export class StallWatch<Kind extends string> {
  readonly #times: { readonly [K in Kind]?: number | undefined };
  readonly #expired: (kind: Kind, time: number) => void;
  readonly #timer = new Timer();
  /** What the timer runs for. */
  #pending: Kind | undefined;
  /** Whether there was progress since the last poll, and nobody has come back for it. */
  #woken = false;
  #caller: Waker = NOOP_WAKER;
  /** What is woken from below. */
  readonly #waker: Waker = {
    wake: () => {
      this.#woken = true;
      this.#caller.wake();
    },
  };

  /**
   * @param times how long each kind of poll may be PENDING, in milliseconds
   * @param expired called when one was longer
   */
  constructor(
    times: { readonly [K in Kind]?: number | undefined },
    expired: (kind: Kind, time: number) => void,
  ) {
    this.#times = times;
    this.#expired = expired;
  }

  /** The waker for a poll on behalf of `caller`. */
  wakes(caller: Waker): Waker {
    this.#caller = caller;
    this.#woken = false;
    return this.#waker;
  }

  /** Hears of the answer of a poll, and returns it. */
  answered<T>(kind: Kind, answer: Poll<T>): Poll<T> {
    if (answer !== PENDING) {
      if (this.#pending !== undefined) this.stop();
    } else if (this.#pending !== kind) {
      this.stop();
      this.#start(kind);
    }
    return answer;
  }

  stop(): void {
    this.#timer.clear();
    this.#pending = undefined;
  }

  #start(kind: Kind): void {
    const time = this.#times[kind];
    if (time === undefined) return;
    this.#pending = kind;
    this.#timer.start(time, () => {
      this.#pending = undefined;
      // There was progress, and no operation waits any more: it was cancelled, or only tried.
      if (!this.#woken) this.#expired(kind, time);
    });
  }
}

/** @param who what stalls: "the destination" */
export function stalled(owner: object, kind: string, time: number, who: string): AsyncWriteError {
  const message = `${describe(owner)}: ${kind} made no progress for ${time} ms; ${who} stalls`;
  return new AsyncWriteError("ERR_AW_TIMEOUT", message);
}
