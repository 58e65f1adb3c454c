import type { Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import { Writer } from "../writer/writer.ts";

/** A writer that never waits: what it takes is at once where it belongs. */
export abstract class InstantWriter extends Writer {
  /** Takes as much as there is room for, and returns how much that was. */
  protected abstract take(buf: Uint8Array): number;

  pollWrite(_waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.state !== "open") this.refuse();
    return this.take(buf);
  }

  override pollVectoredWrite(_waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    if (this.state !== "open") this.refuse();
    let total = 0;
    for (const buf of bufs) {
      const taken = this.take(buf);
      total += taken;
      if (taken < buf.length) break;
    }
    return total;
  }

  pollFlush(_waker: Waker): Poll<void> {
    this.check();
  }

  pollClose(_waker: Waker): Poll<void> {
    this.check();
    this.endClose();
  }

  override get isVectored(): boolean {
    return true;
  }
}
