import type { Readable } from "node:stream";
import { AsyncWriteError } from "@aw/core";

export interface ReadableStreamOfOptions {
  /** Asked when the source has ended: an error if that is not the end of what the peer had to say. */
  endError?: (() => AsyncWriteError | undefined) | undefined;
  /** Asked when the source was closed before its end: why, if that is known here. */
  closeError?: (() => AsyncWriteError | undefined) | undefined;
  /** Makes a better error of the source's. */
  translate?: ((error: unknown) => unknown) | undefined;
}

/**
 * A ReadableStream of what a Node Readable brings. It takes a chunk only when somebody reads, so a
 * reader that stops makes the peer stop, once the Readable's own buffer is full. Errors come as AsyncWriteError.
 *
 * Cancelling discards what still comes, so that the end of the stream is noticed.
 */
export function readableStreamOf(
  source: Readable,
  describe: () => string,
  { endError, closeError, translate = (error) => error }: ReadableStreamOfOptions = {},
): ReadableStream<Uint8Array> {
  let ended = false;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const end = (): void => {
          if (ended) return;
          ended = true;
          const error = endError?.();
          if (error === undefined) controller.close();
          else controller.error(error);
        };
        const fail = (error: unknown): void => {
          if (ended) return;
          ended = true;
          controller.error(AsyncWriteError.from(translate(error), describe()));
        };
        source.pause();
        source.on("data", (chunk: Uint8Array) => {
          if (ended) return;
          controller.enqueue(chunk);
          if ((controller.desiredSize ?? 0) <= 0) source.pause();
        });
        source.on("end", end);
        source.on("error", fail);
        const onClose = (): void => {
          const message = `${describe()}: closed before the peer ended its stream`;
          fail(
            source.errored ??
              closeError?.() ??
              new AsyncWriteError("ERR_AW_CONNECTION_RESET", message),
          );
        };
        source.on("close", onClose);
        if (source.readableEnded) end();
        else if (source.destroyed) onClose();
      },
      pull() {
        source.resume();
      },
      cancel() {
        ended = true;
        source.resume();
      },
    },
    { highWaterMark: 0 },
  );
}
