import { AsyncWriteError, copy, type Connection } from "@aw/core";
import { Silent, SIGPIPE_STATUS } from "../line/exit.ts";
import { idleTimer, type IdleTimer } from "./idle.ts";
import { readerHasGone, standardOutput } from "./standard-output.ts";

/**
 * What the peer says, to standard output. It is read from the start: a peer that can't get rid of its
 * answer might not read on, and bytes that nobody has read when we end would reset the connection.
 */
export class Answer {
  readonly #connection: Connection;
  readonly #copied: Promise<void>;
  #idle: IdleTimer | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#copied = this.#copy();
    // It aborts the connection too, so whoever writes to that gets to know.
    this.#copied.catch(() => {});
  }

  /**
   * Resolves when the peer has ended, which says that it has all that was sent. Rejects if it does
   * not end so, or brings nothing for `time` milliseconds.
   */
  async ended(signal: AbortSignal, time: number | undefined): Promise<void> {
    let reason: unknown;
    const stop = (why: unknown): void => {
      reason ??= why;
      this.#connection.abort(why);
    };
    const onAbort = (): void => stop(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort);
    using idle = idleTimer(time, () => stop(unended(this.#connection, time)));
    this.#idle = idle;
    try {
      await this.#copied;
    } catch (error) {
      throw reason ?? error;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  async #copy(): Promise<void> {
    const { reader } = this.#connection;
    try {
      await copy(reader, await standardOutput(), { onProgress: () => this.#idle?.moved() });
    } catch (error) {
      const failure = readerHasGone(error) ? new Silent(SIGPIPE_STATUS) : error;
      this.#connection.abort(failure);
      throw failure;
    }
  }
}

function unended(connection: Connection, time: number | undefined): AsyncWriteError {
  const message = `${connection}: all was sent, and the peer did not end within ${time} ms; --no-wait does not wait for it`;
  return new AsyncWriteError("ERR_AW_TIMEOUT", message);
}
