import type { Done } from "@aw/core";
import { isFailure } from "../descriptor/done.ts";
import type { Output } from "../descriptor/output.ts";
import { OutputLayer } from "../descriptor/output-layer.ts";
import type { Lock } from "./lock.ts";

/** An output that holds a lock until its last effect is done, whatever that is. */
export class LockedOutput extends OutputLayer {
  readonly #lock: Lock;

  constructor(inner: Output, lock: Lock) {
    super(inner);
    this.#lock = lock;
  }

  override close(done: Done): void {
    this.inner.close((failure) => {
      // After a failure `drop` follows, which may have things to remove.
      if (isFailure(failure)) return done(failure);
      let error: unknown;
      try {
        this.#lock.release();
      } catch (thrown) {
        error = thrown;
      }
      done(error);
    });
  }

  override drop(dropped: () => void): void {
    this.inner.drop(() => {
      try {
        this.#lock.release();
      } catch {
        // The writer has failed already, with an earlier error.
      }
      dropped();
    });
  }
}
