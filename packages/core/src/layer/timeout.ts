import type { AsyncWrite } from "../trait/async-write.ts";
import { checkOptions } from "../options/check-options.ts";
import { checkWriter } from "../options/check-writer.ts";
import { MILLISECONDS, type Schema } from "../options/rules.ts";
import { AsyncWriteError } from "../trait/error.ts";
import { LayerWriter } from "../engine/layer-writer.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Waker } from "../trait/waker.ts";

/** How long each kind of poll may stay PENDING, in milliseconds. Default: no limit. */
export interface TimeoutOptions {
  write?: number | undefined;
  flush?: number | undefined;
  close?: number | undefined;
}

const OPTIONS: Schema<TimeoutOptions> = {
  write: MILLISECONDS,
  flush: MILLISECONDS,
  close: MILLISECONDS,
};

type Kind = keyof TimeoutOptions;

/**
 * Fails with `ERR_AW_TIMEOUT` when the inner writer makes no progress for too long. The time starts
 * at a PENDING and ends at the next answer that is not; an idle writer never times out. The inner
 * writer is left as it is: call `abort`.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` unless each time is an integer from 1 to
 * 2,147,483,647
 */
export function timeout(inner: AsyncWrite, options: TimeoutOptions): TimeoutWriter {
  checkWriter("timeout", inner);
  checkOptions("timeout", options, OPTIONS);
  return new TimeoutWriter(inner, options);
}

export class TimeoutWriter extends LayerWriter {
  protected readonly label = "timeout";
  readonly #options: TimeoutOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What the timer runs for. */
  #pending: Kind | undefined;

  constructor(inner: AsyncWrite, options: TimeoutOptions) {
    super(inner);
    this.#options = options;
  }

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    return this.#watchOver("write", super.pollWrite(waker, buf));
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    return this.#watchOver("write", super.pollVectoredWrite(waker, bufs));
  }

  override pollFlush(waker: Waker): Poll<void> {
    return this.#watchOver("flush", super.pollFlush(waker));
  }

  override pollClose(waker: Waker): Poll<void> {
    return this.#watchOver("close", super.pollClose(waker));
  }

  protected override cleanUp(): void {
    this.#stop();
  }

  #watchOver<T>(kind: Kind, result: Poll<T>): Poll<T> {
    if (result !== PENDING) {
      if (this.#pending !== undefined) this.#stop();
    } else if (this.#pending !== kind) {
      this.#stop();
      this.#start(kind);
    }
    return result;
  }

  #start(kind: Kind): void {
    const time = this.#options[kind];
    if (time === undefined) return;
    this.#pending = kind;
    this.#timer = setTimeout(() => {
      const message = `${this}: ${kind} made no progress for ${time} ms; the destination stalls`;
      this.fail(new AsyncWriteError("ERR_AW_TIMEOUT", message));
    }, time);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#pending = undefined;
  }
}
