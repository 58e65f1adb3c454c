import { PENDING, Writer, type Poll, type Waker } from "@aw/core";

/** Takes two bytes a call, and is PENDING every second call. */
export class TrickleWriter extends Writer {
  readonly received: number[] = [];
  closes = 0;
  failNext: Error | undefined;
  #ready = false;

  pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.state !== "open") this.refuse();
    return this.#everySecond(waker, () => {
      this.received.push(...buf.subarray(0, 2));
      return Math.min(buf.length, 2);
    });
  }

  pollFlush(waker: Waker): Poll<void> {
    this.check();
    return this.#everySecond(waker, () => {});
  }

  pollClose(waker: Waker): Poll<void> {
    this.check();
    this.beginClose();
    return this.#everySecond(waker, () => {
      this.closes++;
      this.endClose();
    });
  }

  #everySecond<T>(waker: Waker, ready: () => T): Poll<T> {
    if (this.failNext !== undefined) throw this.fail(this.failNext);
    this.#ready = !this.#ready;
    if (!this.#ready) return ready();
    waker.wake();
    return PENDING;
  }
}

/** A repeatable source of numbers from 0 up to `limit` (mulberry32). */
export function random(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}
