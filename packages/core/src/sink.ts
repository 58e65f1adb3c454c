import type { Poll } from "./poll.ts";
import type { Waker } from "./waker.ts";
import { Writer } from "./writer.ts";
import { byteLength } from "./bytes.ts";

/** Accepts everything and keeps nothing, as `/dev/null` does. */
export function sink(): SinkWriter {
  return new SinkWriter();
}

export class SinkWriter extends Writer {
  pollWrite(_waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.state !== "open") this.refuse();
    return buf.length;
  }

  override pollVectoredWrite(_waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    if (this.state !== "open") this.refuse();
    return byteLength(bufs);
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

  override toString(): string {
    return "sink";
  }
}
