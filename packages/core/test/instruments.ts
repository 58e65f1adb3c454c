import { PENDING, Writer, type Poll, type Waker } from "@aw/core";

/** Counts its wakes. */
export class CountingWaker implements Waker {
  wakes = 0;

  wake(): void {
    this.wakes++;
  }
}

/**
 * A destination that shows what happens at it: what each call brought, in which order. It takes
 * at most `maxBytes` a call, and with `pendingEvery` it answers every second poll with PENDING,
 * waking at once.
 */
export class RecordingWriter extends Writer {
  readonly calls: string[] = [];
  readonly received: number[] = [];
  readonly #maxBytes: number;
  readonly #interleave: boolean;
  #pendingNext = true;
  /** While true every poll is PENDING, until `release`. */
  stalled = false;
  failNext: Error | undefined;

  constructor({ maxBytes = Number.POSITIVE_INFINITY, pending = false } = {}) {
    super();
    this.#maxBytes = maxBytes;
    this.#interleave = pending;
  }

  get text(): string {
    return new TextDecoder().decode(new Uint8Array(this.received));
  }

  release(): void {
    this.stalled = false;
    this.unpark();
  }

  pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.state !== "open") this.refuse();
    return this.#answer(waker, `write ${buf.length}`, () => this.#take(buf, this.#maxBytes));
  }

  pollFlush(waker: Waker): Poll<void> {
    this.check();
    return this.#answer(waker, "flush", () => undefined);
  }

  pollClose(waker: Waker): Poll<void> {
    this.check();
    this.beginClose();
    return this.#answer(waker, "close", () => this.endClose());
  }

  protected override onAbort(reason: unknown): void {
    this.calls.push(`abort ${String(reason)}`);
  }

  #take(buf: Uint8Array, most: number): number {
    const taken = buf.subarray(0, most);
    this.received.push(...taken);
    return taken.length;
  }

  #answer<T>(waker: Waker, call: string, ready: () => T): Poll<T> {
    if (this.failNext !== undefined) throw this.fail(this.failNext);
    if (this.stalled) return this.park(waker);
    if (this.#interleave) {
      this.#pendingNext = !this.#pendingNext;
      if (!this.#pendingNext) {
        waker.wake();
        return PENDING;
      }
    }
    this.calls.push(call);
    return ready();
  }
}

/** Bytes 0, 1, 2, ... so that a lost, doubled or swapped byte shows. */
export function counted(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index & 0xff);
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Runs everything that is due: microtasks, and what writers do at the end of a turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
