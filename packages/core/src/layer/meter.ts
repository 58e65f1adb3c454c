import { PassThrough } from "../engine/pass-through.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import { Reader } from "../reader/reader.ts";
import { Writer } from "../writer/writer.ts";
import { checkInner, layerOn, type LayerSink, type LayerSource } from "./both-ways.ts";
import { MeterReading } from "./parts/meter-reading.ts";
import { WaitMeter } from "./parts/wait-meter.ts";

/**
 * Counts what goes through: bytes, calls, and the time that the inner writer or reader made it wait.
 *
 * ```ts
 * import { memory, meter } from "@aw/core";
 *
 * const out = meter(memory());
 * await out.writeAll("hello");
 * console.log(out.bytes, out.writes); // 5 1
 * ```
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is neither a writer nor a reader
 */
export function meter(inner: LayerSink): MeterWriter;
export function meter(inner: LayerSource): MeterReader;
export function meter(inner: LayerSink | LayerSource): MeterWriter | MeterReader {
  checkInner("meter", inner);
  return layerOn(
    inner,
    (writer) => new MeterWriter(new MeterLayer(writer, "meter")),
    (reader) => new MeterReader(new MeterReading(reader, "meter")),
  );
}

/** The writer of {@link meter}. */
export class MeterWriter extends Writer {
  readonly #layer: MeterLayer;

  constructor(layer: MeterLayer) {
    super(layer);
    this.#layer = layer;
  }

  /** Bytes that the inner writer accepted. */
  get bytes(): number {
    return this.#layer.bytes;
  }

  /** Writes that were ready. */
  get writes(): number {
    return this.#layer.writes;
  }

  /** Flushes that were ready. */
  get flushes(): number {
    return this.#layer.flushes;
  }

  /** How often a poll of any kind was PENDING. */
  get pendings(): number {
    return this.#layer.waits.pendings;
  }

  /** Whether the latest poll was PENDING: the inner writer makes it wait. */
  get isPending(): boolean {
    return this.#layer.waits.isPending;
  }

  /**
   * Milliseconds from a PENDING to the next answer that was not, summed up; the current wait
   * included.
   */
  get pendingTime(): number {
    return this.#layer.waits.pendingTime;
  }
}

/** The reader of {@link meter}. */
export class MeterReader extends Reader {
  readonly #layer: MeterReading;

  constructor(layer: MeterReading) {
    super(layer);
    this.#layer = layer;
  }

  /** Bytes that were read. */
  get bytes(): number {
    return this.#layer.bytes;
  }

  /** How often some were. */
  get reads(): number {
    return this.#layer.reads;
  }

  /** How often a poll was PENDING. */
  get pendings(): number {
    return this.#layer.waits.pendings;
  }

  /** Whether the latest poll was PENDING: the inner reader makes it wait. */
  get isPending(): boolean {
    return this.#layer.waits.isPending;
  }

  /** Milliseconds from a PENDING to the next answer that was not, summed up; the current wait included. */
  get pendingTime(): number {
    return this.#layer.waits.pendingTime;
  }
}

class MeterLayer extends PassThrough {
  bytes = 0;
  writes = 0;
  flushes = 0;
  readonly waits: WaitMeter = new WaitMeter();

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    return this.#written(super.pollWrite(waker, buf));
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    return this.#written(super.pollVectoredWrite(waker, bufs));
  }

  override pollFlush(waker: Waker): Poll<void> {
    const result = this.waits.answered(super.pollFlush(waker));
    if (result !== PENDING) this.flushes++;
    return result;
  }

  override pollClose(waker: Waker): Poll<void> {
    return this.waits.answered(super.pollClose(waker));
  }

  protected override cleanUp(): void {
    this.waits.end();
  }

  #written(n: Poll<number>): Poll<number> {
    if (this.waits.answered(n) !== PENDING) {
      this.bytes += n as number;
      this.writes++;
    }
    return n;
  }
}
