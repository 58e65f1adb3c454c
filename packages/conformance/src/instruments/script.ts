import { PENDING, type AsyncWrite, type Poll, type Waker } from "@aw/core";

/** One expected call, and how it is answered. */
export type ScriptStep =
  /** A write of at least these bytes; accepts exactly them. Text is UTF-8. */
  | { readonly accept: string | Uint8Array }
  /** A write of any bytes; accepts this many of them. */
  | { readonly take: number }
  | { readonly flush: true }
  | { readonly close: true }
  /** Any call: `PENDING`. It wakes at once, or at `wake()` if `wake` is false. */
  | { readonly pending: true; readonly wake?: boolean }
  /** Any call: throws this. */
  | { readonly fail: unknown };

/** A mock that plays a script. */
export interface ScriptedWriter extends AsyncWrite {
  /** The steps that were not played. */
  readonly leftovers: readonly ScriptStep[];
  /** Wakes the waker of the latest call that was `PENDING`. */
  wake(): void;
  /** Throws if the script was not played to its end. */
  assertDone(): void;
}

/**
 * Plays `steps` in order and throws at a call that the script does not expect.
 *
 * ```ts
 * const target = script([{ accept: "head" }, { pending: true }, { accept: "er" }, { flush: true }]);
 * ```
 */
export function script(steps: readonly ScriptStep[]): ScriptedWriter {
  return new Script(steps);
}

class Script implements ScriptedWriter {
  readonly #steps: ScriptStep[];
  #waker: Waker | undefined;

  constructor(steps: readonly ScriptStep[]) {
    this.#steps = [...steps];
  }

  get leftovers(): readonly ScriptStep[] {
    return this.#steps;
  }

  pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    const step = this.#next(`write of ${buf.length} bytes`, waker);
    if (step === PENDING) return PENDING;
    if ("take" in step) return Math.min(step.take, buf.length);
    if (!("accept" in step)) throw unexpected(`write of ${buf.length} bytes`, step);
    const { accept } = step;
    const wanted = typeof accept === "string" ? new TextEncoder().encode(accept) : accept;
    if (!wanted.every((byte, index) => byte === buf[index])) {
      throw unexpected(`write of "${new TextDecoder().decode(buf)}"`, step);
    }
    return wanted.length;
  }

  pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    return this.pollWrite(waker, bufs.find((buf) => buf.length > 0) ?? new Uint8Array(0));
  }

  pollFlush(waker: Waker): Poll<void> {
    const step = this.#next("flush", waker);
    if (step === PENDING) return PENDING;
    if (!("flush" in step)) throw unexpected("flush", step);
  }

  pollClose(waker: Waker): Poll<void> {
    const step = this.#next("close", waker);
    if (step === PENDING) return PENDING;
    if (!("close" in step)) throw unexpected("close", step);
  }

  wake(): void {
    const waker = this.#waker;
    this.#waker = undefined;
    waker?.wake();
  }

  assertDone(): void {
    if (this.#steps.length > 0) {
      throw new Error(`the script has leftovers: ${JSON.stringify(this.#steps)}`);
    }
  }

  #next(call: string, waker: Waker): Poll<ScriptStep> {
    const step = this.#steps.shift();
    if (step === undefined) throw new Error(`the script is over, and there was a ${call}`);
    if ("fail" in step) throw step.fail;
    if (!("pending" in step)) return step;
    this.#waker = waker;
    if (step.wake !== false) this.wake();
    return PENDING;
  }
}

function unexpected(call: string, step: ScriptStep): Error {
  return new Error(`the script expected ${JSON.stringify(step)}, and there was a ${call}`);
}
