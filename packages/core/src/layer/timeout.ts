import type { AsyncWrite } from "../trait/async-write.ts";
import { checkOptions } from "../options/check-options.ts";
import { MILLISECONDS, type Schema } from "../options/rules.ts";
import { PassThrough } from "../engine/pass-through.ts";
import type { Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";
import { Reader } from "../reader/reader.ts";
import { Writer } from "../writer/writer.ts";
import { checkInner, isSink, layerOn, type LayerSink, type LayerSource } from "./both-ways.ts";
import { stalled, StallWatch } from "./parts/stall-watch.ts";
import { TimeoutReading } from "./parts/timeout-reading.ts";

/** How long each kind of poll of a writer may stay PENDING, in milliseconds. Default: no limit. */
export interface TimeoutOptions {
  write?: number | undefined;
  flush?: number | undefined;
  close?: number | undefined;
}

/** How long a poll of a reader may stay PENDING, in milliseconds. Default: no limit. */
export interface ReadTimeoutOptions {
  read?: number | undefined;
}

const OF_WRITER: Schema<TimeoutOptions> = {
  write: MILLISECONDS,
  flush: MILLISECONDS,
  close: MILLISECONDS,
};

const OF_READER: Schema<ReadTimeoutOptions> = { read: MILLISECONDS };

type Kind = keyof TimeoutOptions;

/**
 * Fails with `ERR_AW_TIMEOUT` when the inner writer or reader makes no progress for too long. The time starts
 * at a PENDING and ends at the next answer that is not; an idle one never times out, nor one whose
 * destination or source has caught up while nobody waits. What is below is left as it is: call `abort`.
 *
 * While the time runs it keeps the process alive: an `await` that nothing else would end is ended by it.
 * After an operation that was cancelled it runs to its end, because nobody says so.
 *
 * ```ts
 * import { memory, timeout } from "@aw/core";
 *
 * const out = timeout(memory(), { write: 30_000, flush: 30_000, close: 60_000 });
 * await out.writeAll("hello");
 * await out.close();
 * ```
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is neither a writer nor a reader, and unless each time
 * is an integer from 1 to 2,147,483,647
 */
export function timeout(inner: LayerSink, options: TimeoutOptions): Writer;
export function timeout(inner: LayerSource, options: ReadTimeoutOptions): Reader;
export function timeout(
  inner: LayerSink | LayerSource,
  options: TimeoutOptions | ReadTimeoutOptions,
): Writer | Reader {
  checkInner("timeout", inner);
  const isOfWriter = isSink(inner);
  checkOptions<object>("timeout", options, isOfWriter ? OF_WRITER : OF_READER);
  return layerOn(
    inner,
    (writer) => new Writer(new TimeoutLayer(writer, options as TimeoutOptions)),
    (reader) => new Reader(new TimeoutReading(reader, options as ReadTimeoutOptions)),
  );
}

class TimeoutLayer extends PassThrough {
  readonly #watch: StallWatch<Kind>;

  constructor(inner: AsyncWrite, times: TimeoutOptions) {
    super(inner, "timeout");
    this.#watch = new StallWatch(times, (kind, time) => {
      this.latch.fail(stalled(this, kind, time, "the destination"));
    });
  }

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    return this.#watch.answered("write", super.pollWrite(this.#watch.wakes(waker), buf));
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    return this.#watch.answered("write", super.pollVectoredWrite(this.#watch.wakes(waker), bufs));
  }

  override pollFlush(waker: Waker): Poll<void> {
    return this.#watch.answered("flush", super.pollFlush(this.#watch.wakes(waker)));
  }

  override pollClose(waker: Waker): Poll<void> {
    return this.#watch.answered("close", super.pollClose(this.#watch.wakes(waker)));
  }

  protected override cleanUp(): void {
    this.#watch.stop();
  }
}
