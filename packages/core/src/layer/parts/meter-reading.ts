import { ReadThrough } from "../../engine/read-through.ts";
import type { Poll } from "../../trait/poll.ts";
import type { Waker } from "../../trait/waker.ts";
import { WaitMeter } from "./wait-meter.ts";

/** `meter` of a reader. */
export class MeterReading extends ReadThrough {
  bytes = 0;
  reads = 0;
  readonly waits: WaitMeter = new WaitMeter();

  override pollFillBuf(waker: Waker): Poll<Uint8Array> {
    return this.waits.answered(super.pollFillBuf(waker));
  }

  override consume(amount: number): void {
    super.consume(amount);
    this.bytes += amount;
    if (amount > 0) this.reads++;
  }

  protected override cleanUp(): void {
    this.waits.end();
  }
}
