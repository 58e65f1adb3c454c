import type { AsyncWrite } from "../trait/async-write.ts";
import { BufferLayer, BufWriter, DEFAULT_CAPACITY } from "./buf-writer.ts";
import { checkArgument } from "../options/check-options.ts";
import { checkWriter } from "../options/check-writer.ts";
import { COUNT } from "../options/rules.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";

const NEWLINE = 10;

/**
 * Passes on whole lines as soon as they are complete, all of one write together, and keeps the
 * rest until its newline comes, the buffer is full, or flush: for terminals and logs.
 *
 * ```ts
 * import { lineBuffered, memory } from "@aw/core";
 *
 * const log = memory();
 * const out = lineBuffered(log);
 * await out.writeAll("a whole line\nand a part");
 * console.log(log.text().trimEnd()); // a whole line
 * ```
 *
 * @param capacity in bytes. Default: 64 KiB
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is not a writer, or capacity not a
 * count of bytes
 */
export function lineBuffered(inner: AsyncWrite, capacity: number = DEFAULT_CAPACITY): BufWriter {
  checkWriter("lineBuffered", inner);
  checkArgument("lineBuffered", "capacity", capacity, COUNT);
  return new BufWriter(new LineBufferLayer(inner, capacity));
}

class LineBufferLayer extends BufferLayer {
  /** Whether a complete line waits, because the inner writer could not take it. */
  #lineWaits = false;

  constructor(inner: AsyncWrite, capacity: number) {
    super(inner, capacity, "lineBuffered");
  }

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.state !== "open") this.latch.refuse();
    if (buf.length === 0) return 0;
    if (this.#lineWaits) {
      if (this.drain(waker) === PENDING) return PENDING;
      this.#lineWaits = false;
    }
    const end = buf.lastIndexOf(NEWLINE) + 1;
    if (end === 0) return super.pollWrite(waker, buf);
    const n = super.pollWrite(waker, end === buf.length ? buf : buf.subarray(0, end));
    if (n === PENDING || n < end) return n;
    this.#lineWaits = !this.#passedOn(waker);
    // What follows the last newline comes again, alone: taking it too could throw after all.
    return n;
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    if (this.state !== "open") this.latch.refuse();
    let total = 0;
    for (const buf of bufs) {
      const n = total === 0 ? this.pollWrite(waker, buf) : this.#writeNext(waker, buf);
      if (n === PENDING) return n;
      total += n;
      if (n < buf.length) break;
    }
    return total;
  }

  override acceptText(_text: string): boolean {
    return false;
  }

  /** A buffer after others that were accepted: what goes wrong here is for the next poll. */
  #writeNext(waker: Waker, buf: Uint8Array): number {
    try {
      const n = this.pollWrite(waker, buf);
      return n === PENDING ? 0 : n;
    } catch {
      // Latched, and thrown by the next poll.
      return 0;
    }
  }

  /** Whether the lines left the buffer. They are accepted, so a failure is for the next poll. */
  #passedOn(waker: Waker): boolean {
    try {
      return this.drain(waker) !== PENDING;
    } catch {
      // Latched by `drain`, thrown by the next poll.
      return true;
    }
  }
}
