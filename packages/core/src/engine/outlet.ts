import { schedule, type Runnable } from "../task/executor.ts";
import { checkAccepted, writeZero } from "../trait/accepted.ts";
import type { AsyncWrite } from "../trait/async-write.ts";
import { PENDING } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";

/** With more output than this waiting, in bytes, whoever makes it is asked to pause. */
const PAUSE_ABOVE = 256 * 1024;

/**
 * The way out of a layer: output waits here until the inner writer accepts it. It is the waker for
 * every poll of the inner writer, so output goes on whether or not anyone polls the layer.
 */
export class Outlet implements Waker, Runnable {
  readonly #inner: AsyncWrite;
  readonly #onWake: () => void;
  readonly #chunks: Uint8Array[] = [];
  #length = 0;
  #scheduled = false;
  #bytes = 0;

  /** @param onWake called in a microtask after the inner writer woke this */
  constructor(inner: AsyncWrite, onWake: () => void) {
    this.#inner = inner;
    this.#onWake = onWake;
  }

  /** Bytes of output so far, those included that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.#chunks.length === 0;
  }

  /** Whether so much waits that no more should be made. */
  get isCrowded(): boolean {
    return this.#length > PAUSE_ABOVE;
  }

  add(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    this.#bytes += chunk.length;
  }

  /** Writes what the inner writer accepts now. Returns whether nothing is left. */
  pump(): boolean {
    for (let chunk; (chunk = this.#chunks[0]) !== undefined;) {
      const n = this.#inner.pollWrite(this, chunk);
      if (n === PENDING) return false;
      if (n === 0) throw writeZero(this.#inner);
      this.#length -= checkAccepted(n, chunk.length, this.#inner);
      if (n === chunk.length) this.#chunks.shift();
      else this.#chunks[0] = chunk.subarray(n);
    }
    return true;
  }

  drop(): void {
    this.#chunks.length = this.#length = 0;
  }

  wake(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    schedule(this);
  }

  run(): void {
    this.#scheduled = false;
    this.#onWake();
  }
}
