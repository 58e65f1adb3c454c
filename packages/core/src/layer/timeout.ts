import type { AsyncWrite } from "../trait/async-write.ts";
import { checkOptions } from "../options/check-options.ts";
import { checkWriter } from "../options/check-writer.ts";
import { MILLISECONDS, type Schema } from "../options/rules.ts";
import { AsyncWriteError } from "../trait/error.ts";
import { PassThrough } from "../engine/pass-through.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import { Timer } from "../task/timer.ts";
import { NOOP_WAKER, type Waker } from "../trait/waker.ts";
import { Writer } from "../writer/writer.ts";

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
 * at a PENDING and ends at the next answer that is not; an idle writer never times out, nor one whose
 * destination has caught up while nobody waits. The inner writer is left as it is: call `abort`.
 *
 * While the time runs it keeps the process alive: an `await` that nothing else would end is ended by it.
 * After a write that was cancelled it runs to its end, because nobody says so.
 *
 * ```ts
 * import { memory, timeout } from "@aw/core";
 *
 * const out = timeout(memory(), { write: 30_000, flush: 30_000, close: 60_000 });
 * await out.writeAll("hello");
 * await out.close();
 * ```
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` unless each time is an integer from 1 to
 * 2,147,483,647
 */
export function timeout(inner: AsyncWrite, options: TimeoutOptions): Writer {
  checkWriter("timeout", inner);
  checkOptions("timeout", options, OPTIONS);
  return new Writer(new TimeoutLayer(inner, options));
}

class TimeoutLayer extends PassThrough {
  readonly #options: TimeoutOptions;
  readonly #timer = new Timer();
  /** What the timer runs for. */
  #pending: Kind | undefined;
  /** Whether the inner writer has made progress since the last poll, and nobody has come back for it. */
  #woken = false;
  #caller: Waker = NOOP_WAKER;
  /** What the inner writer wakes. */
  readonly #waker: Waker = {
    wake: () => {
      this.#woken = true;
      this.#caller.wake();
    },
  };

  constructor(inner: AsyncWrite, options: TimeoutOptions) {
    super(inner, "timeout");
    this.#options = options;
  }

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    return this.#watchOver("write", super.pollWrite(this.#wakes(waker), buf));
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    return this.#watchOver("write", super.pollVectoredWrite(this.#wakes(waker), bufs));
  }

  override pollFlush(waker: Waker): Poll<void> {
    return this.#watchOver("flush", super.pollFlush(this.#wakes(waker)));
  }

  override pollClose(waker: Waker): Poll<void> {
    return this.#watchOver("close", super.pollClose(this.#wakes(waker)));
  }

  protected override cleanUp(): void {
    this.#stop();
  }

  #wakes(caller: Waker): Waker {
    this.#caller = caller;
    this.#woken = false;
    return this.#waker;
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
    this.#timer.start(time, () => this.#expire(kind, time));
  }

  #expire(kind: Kind, time: number): void {
    this.#pending = undefined;
    // There was progress, and no operation waits any more: it was cancelled, or a tryWrite.
    if (this.#woken) return;
    const message = `${this}: ${kind} made no progress for ${time} ms; the destination stalls`;
    this.latch.fail(new AsyncWriteError("ERR_AW_TIMEOUT", message));
  }

  #stop(): void {
    this.#timer.clear();
    this.#pending = undefined;
  }
}
