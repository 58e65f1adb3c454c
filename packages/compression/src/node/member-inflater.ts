import type { Coder, CoderDone } from "../coder.ts";

/** A member of more bytes than this, compressed, is worth a stream of its own. */
const LARGE_MEMBER = 128 * 1024;

/**
 * Inflates the members of one gzip stream, each to its end. To set a stream up for the thread pool takes
 * longer than a small member: after one of those the next is inflated on the calling thread, by a coder that
 * is used again and again.
 */
export class MemberInflater implements Coder {
  readonly #make: () => Coder;
  readonly #makeReusable: () => Coder;
  #coder: Coder;
  #reusable: Coder | undefined;
  /** How many bytes the member has so far. */
  #length = 0;

  /**
   * @param make makes a coder for one member
   * @param makeReusable makes one with `restart`
   */
  constructor(make: () => Coder, makeReusable: () => Coder) {
    this.#make = make;
    this.#makeReusable = makeReusable;
    this.#coder = make();
  }

  write(block: Uint8Array, done: CoderDone): void {
    this.#coder.write(block, (failure, used) => {
      this.#length += used;
      done(failure, used);
    });
  }

  flush(block: Uint8Array, done: CoderDone): void {
    this.#coder.flush(block, done);
  }

  finish(done: CoderDone): void {
    this.#coder.finish(done);
  }

  resume(): void {
    this.#coder.resume();
  }

  restart(): void {
    const wasLarge = this.#length > LARGE_MEMBER;
    this.#length = 0;
    if (this.#coder !== this.#reusable) this.#coder.destroy();
    if (wasLarge) this.#coder = this.#make();
    else if (this.#reusable === undefined) this.#coder = this.#reusable = this.#makeReusable();
    else {
      this.#coder = this.#reusable;
      this.#coder.restart?.();
    }
  }

  destroy(): void {
    this.#coder.destroy();
    if (this.#coder !== this.#reusable) this.#reusable?.destroy();
  }
}
