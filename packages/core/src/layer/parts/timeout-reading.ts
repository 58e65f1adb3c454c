import { ReadThrough } from "../../engine/read-through.ts";
import type { AsyncBufRead } from "../../trait/async-buf-read.ts";
import type { Poll } from "../../trait/poll.ts";
import type { Waker } from "../../trait/waker.ts";
import { stalled, StallWatch } from "./stall-watch.ts";

/** `timeout` of a reader. */
export class TimeoutReading extends ReadThrough {
  readonly #watch: StallWatch<"read">;

  constructor(inner: AsyncBufRead, times: { read?: number | undefined }) {
    super(inner, "timeout");
    this.#watch = new StallWatch(times, (kind, time) => {
      this.latch.fail(stalled(this, kind, time, "the source"));
    });
  }

  override pollFillBuf(waker: Waker): Poll<Uint8Array> {
    return this.#watch.answered("read", super.pollFillBuf(this.#watch.wakes(waker)));
  }

  protected override cleanUp(): void {
    this.#watch.stop();
  }
}
