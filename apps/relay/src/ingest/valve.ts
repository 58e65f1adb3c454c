import { PassThrough, PENDING, Writer, type AsyncWrite, type Poll, type Waker } from "@aw/core";
import { Timer } from "@aw/core/implementor";

/** How much may go at once after a pause, in seconds of the rate. */
const BURST_SECONDS = 0.1;

/** How long a write waits before it looks again, in milliseconds: nobody says that one was cancelled. */
const MAX_WAIT_MS = 250;

/** A rate that can be changed while writers are held to it. */
export class Valve {
  readonly #layers = new Set<ValveLayer>();
  #bytesPerSecond: number | undefined;

  constructor(bytesPerSecond?: number) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Undefined for no limit. */
  get bytesPerSecond(): number | undefined {
    return this.#bytesPerSecond;
  }

  /** Holds for bytes that were not accepted yet, also of writes that wait. */
  set bytesPerSecond(rate: number | undefined) {
    this.#bytesPerSecond = rate;
    for (const layer of this.#layers) layer.onRate();
  }

  /** Each writer is held to the rate by itself. Like `throttle`, whose rate is fixed. */
  hold(inner: AsyncWrite): Writer {
    const layer: ValveLayer = new ValveLayer(inner, this, () => this.#layers.delete(layer));
    this.#layers.add(layer);
    return new Writer(layer);
  }
}

/** How many bytes go at once, if there are so many: half of a burst. */
function worthwhileAt(rate: number): number {
  return Math.max(1, Math.floor((rate * BURST_SECONDS) / 2));
}

/** A token bucket in front of a writer. */
class ValveLayer extends PassThrough {
  readonly #valve: Valve;
  readonly #onEnd: () => void;
  readonly #timer = new Timer();
  #tokens = 0;
  #countedAt: number = performance.now();

  constructor(inner: AsyncWrite, valve: Valve, onEnd: () => void) {
    super(inner);
    this.#valve = valve;
    this.#onEnd = onEnd;
  }

  /** The rate has changed: a write that waits looks again. */
  onRate(): void {
    this.#timer.clear();
    this.latch.wake();
  }

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.state !== "open") this.latch.refuse();
    return this.#hold(waker, buf.length, (allowed) =>
      this.writeInner(waker, allowed < buf.length ? buf.subarray(0, allowed) : buf),
    );
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    if (this.state !== "open") this.latch.refuse();
    const length = bufs.reduce((total, buf) => total + buf.length, 0);
    return this.#hold(waker, length, (allowed) =>
      this.writeInnerVectored(waker, allowed < length ? prefix(bufs, allowed) : bufs),
    );
  }

  override pollClose(waker: Waker): Poll<void> {
    const answer = super.pollClose(waker);
    if (answer !== PENDING) this.#end();
    return answer;
  }

  override toString(): string {
    const rate = this.#valve.bytesPerSecond;
    return `throttle(${rate === undefined ? "off" : `${rate} B/s`}) > ${super.toString()}`;
  }

  protected override cleanUp(): void {
    this.#end();
  }

  /** Writes as many of `length` bytes as may go now, or waits until that is worth it. */
  #hold(waker: Waker, length: number, write: (allowed: number) => Poll<number>): Poll<number> {
    const rate = this.#valve.bytesPerSecond;
    if (rate === undefined || length === 0) return write(length);
    const allowed = this.#allowed(rate);
    // A clock gives some bytes to each poll: who took them would poll without end, and no one else had a turn.
    const worthwhile = Math.min(length, worthwhileAt(rate));
    if (allowed < worthwhile) return this.#wait(waker, rate, worthwhile);
    const n = write(allowed);
    if (n !== PENDING) this.#tokens -= n;
    return n;
  }

  #allowed(rate: number): number {
    const now = performance.now();
    const burst = Math.max(1, rate * BURST_SECONDS);
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#countedAt) / 1000) * rate);
    this.#countedAt = now;
    return Math.floor(this.#tokens);
  }

  /** Wakes when so much may go. */
  #wait(waker: Waker, rate: number, bytes: number): Poll<number> {
    if (!this.#timer.isRunning) {
      const ms = Math.ceil(((bytes - this.#tokens) / rate) * 1000);
      this.#timer.start(Math.min(ms, MAX_WAIT_MS), () => this.latch.wake());
    }
    return this.latch.register(waker);
  }

  #end(): void {
    this.#timer.clear();
    this.#onEnd();
  }
}

/** The first `length` bytes of all. */
function prefix(bufs: readonly Uint8Array[], length: number): Uint8Array[] {
  const taken: Uint8Array[] = [];
  let left = length;
  for (const buf of bufs) {
    if (left === 0) break;
    taken.push(buf.length > left ? buf.subarray(0, left) : buf);
    left -= Math.min(left, buf.length);
  }
  return taken;
}
