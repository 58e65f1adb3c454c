import type { Connection } from "../reader/connection.ts";
import { copyReader } from "./copy-reader.ts";
import { checkArgument, checkOptions } from "../options/check-options.ts";
import { isReader } from "../options/check-reader.ts";
import { checkWriter } from "../options/check-writer.ts";
import { throttle, THROTTLE, type ThrottleOptions } from "../layer/throttle.ts";
import {
  FUNCTION,
  MILLISECONDS,
  nested,
  SIGNAL,
  type Rule,
  type Schema,
} from "../options/rules.ts";
import { AsyncWriteError } from "../trait/error.ts";
import { Timer } from "../task/timer.ts";
import { abortedBy } from "../writer/poll-fn.ts";

/** What ends a {@link copyBidirectional} early, slows it down, and hears of its progress. */
export interface CopyBidirectionalOptions {
  /** Aborts both connections. */
  signal?: AbortSignal | undefined;
  /**
   * How long one direction may go on after the other has ended, in milliseconds. Default: no limit.
   */
  halfCloseTimeout?: number | undefined;
  /** Holds each direction to this rate; see `throttle`. Default: no limit. */
  throttle?: ThrottleOptions | undefined;
  /** Called after each chunk with the counts of bytes copied so far. */
  onProgress?: ((bytes: Readonly<BytesCopied>) => void) | undefined;
}

const READER: Rule = {
  allowed: "a reader: is it a connection?",
  accepts: isReader,
};

const OPTIONS: Schema<CopyBidirectionalOptions> = {
  signal: SIGNAL,
  halfCloseTimeout: MILLISECONDS,
  throttle: nested(THROTTLE),
  onProgress: FUNCTION,
};

/** How many bytes went each way. */
export interface BytesCopied {
  aToB: number;
  bToA: number;
}

/**
 * A proxy between two connections: two loops of polls, from the reader of each to the other. The end of what one side sends becomes a half-close of the other
 * side, while the other direction goes on. Resolves with both counts once both directions have ended
 * and both sides are closed.
 *
 * When anything fails, both connections are aborted, so that neither peer sees a clean end. Rejects
 * with that failure, with `ERR_AW_ABORTED`, or with `ERR_AW_TIMEOUT`.
 */
export async function copyBidirectional(
  a: Connection,
  b: Connection,
  options: CopyBidirectionalOptions = {},
): Promise<BytesCopied> {
  checkConnection("a", a);
  checkConnection("b", b);
  checkOptions("copyBidirectional", options, OPTIONS);
  const { signal, halfCloseTimeout, onProgress } = options;
  const bytesCopied: BytesCopied = { aToB: 0, bToA: 0 };
  const stop = new AbortController();
  let failure: { error: unknown } | undefined;
  const timer = new Timer();
  const fail = (error: unknown): void => {
    if (failure !== undefined) return;
    failure = { error };
    stop.abort(error);
    a.abort(error);
    b.abort(error);
  };
  const direction = async (
    way: keyof BytesCopied,
    from: Connection,
    to: Connection,
  ): Promise<void> => {
    try {
      const reader =
        options.throttle === undefined ? from.reader : throttle(from.reader, options.throttle);
      await copyReader(reader, to, {
        signal: stop.signal,
        onProgress(count) {
          bytesCopied[way] = count;
          onProgress?.(bytesCopied);
        },
      });
      await to.close({ signal: stop.signal });
      if (halfCloseTimeout !== undefined)
        timer.start(halfCloseTimeout, () => fail(lingering(halfCloseTimeout)));
    } catch (error) {
      fail(error);
    }
  };
  const onAbort = (): void => fail(abortedBy(signal as AbortSignal));
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.all([direction("aToB", a, b), direction("bToA", b, a)]);
    if (failure !== undefined) throw failure.error;
    return bytesCopied;
  } finally {
    timer.clear();
    signal?.removeEventListener("abort", onAbort);
  }
}

function checkConnection(name: string, connection: Connection): void {
  checkWriter(`copyBidirectional: ${name}`, connection);
  checkArgument("copyBidirectional", `${name}.reader`, connection.reader, READER);
}

function lingering(time: number): AsyncWriteError {
  const message = `copyBidirectional: one side ended, and the other did not within ${time} ms`;
  return new AsyncWriteError("ERR_AW_TIMEOUT", message);
}
