import type { Done } from "@aw/core";
import type { Descriptor } from "../descriptor/descriptor.ts";
import { ATOMIC_LENGTH } from "../descriptor/atomic-part.ts";
import { isFailure } from "../descriptor/done.ts";
import { OutputLayer } from "../descriptor/output-layer.ts";

const NEWLINE = 10;
const NONE: readonly Uint8Array[] = [];

/**
 * A pipe that others write to as well. Larger writes may be taken apart, and mixed with those of
 * others, so each has as many whole lines as the pipe takes in one piece. A longer line goes alone.
 */
export class LinewiseOutput extends OutputLayer<Descriptor> {
  #unwritten = NONE;
  /** What is to follow the write that is in flight. */
  #rest: Uint8Array = new Uint8Array(0);

  override get unwritten(): readonly Uint8Array[] {
    return this.#unwritten;
  }

  override write(bufs: readonly Uint8Array[], done: Done): void {
    this.#rest = bufs.length === 1 ? (bufs[0] as Uint8Array) : Buffer.concat(bufs);
    this.#writeNext(done);
  }

  override writeNow(bufs: readonly Uint8Array[]): number {
    let rest: Uint8Array = Buffer.concat(bufs);
    let written = 0;
    while (rest.length > 0) {
      const part = rest.subarray(0, pieceOf(rest));
      try {
        const count = this.inner.writeNow([part]);
        written += count;
        rest = rest.subarray(count);
      } catch (error) {
        if (written === 0) throw error;
        break;
      }
    }
    return written;
  }

  override settle(): void {
    this.inner.settle();
    // Nothing is in flight: a pipe that is written to by the thread pool can't be settled.
    while (this.#rest.length > 0) {
      this.#rest = this.#rest.subarray(this.writeNow([this.#rest]));
    }
  }

  #writeNext(done: Done): void {
    const part = this.#rest.subarray(0, pieceOf(this.#rest));
    this.#rest = this.#rest.subarray(part.length);
    this.inner.write([part], (error) => {
      if (isFailure(error)) {
        this.#unwritten = [...this.inner.unwritten, this.#rest];
        done(error);
      } else if (this.#rest.length > 0) {
        this.#writeNext(done);
      } else {
        done();
      }
    });
  }
}

/** How much of `bytes` goes into one write. */
function pieceOf(bytes: Uint8Array): number {
  if (bytes.length <= ATOMIC_LENGTH) return bytes.length;
  const whole = bytes.subarray(0, ATOMIC_LENGTH).lastIndexOf(NEWLINE) + 1;
  return whole || bytes.indexOf(NEWLINE) + 1 || bytes.length;
}
