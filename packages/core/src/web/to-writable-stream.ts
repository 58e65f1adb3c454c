import type { AsyncWrite } from "../trait/async-write.ts";
import { checkWriter } from "../options/check-writer.ts";
import { toWriter } from "../writer/to-writer.ts";

/**
 * A WritableStream that writes to a writer, with its backpressure: a chunk's `write()` resolves when
 * the writer has accepted it all. Closing and aborting the stream closes and aborts the writer; a
 * writer that fails makes the stream fail, also while it is idle.
 *
 * WritableStreams have no flush: keep the writer to call it.
 *
 * ```ts
 * import { memory, toWritableStream } from "@aw/core";
 *
 * const target = memory();
 * await new Blob(["hello"]).stream().pipeTo(toWritableStream(target));
 * console.log(target.text(), target.state); // hello closed
 * ```
 */
export function toWritableStream(target: AsyncWrite): WritableStream<Uint8Array | string> {
  checkWriter("toWritableStream", target);
  const writer = toWriter(target);
  return new WritableStream<Uint8Array | string>({
    start(controller) {
      writer.onFailure((failure) => controller.error(failure));
    },
    write(chunk, controller) {
      // Aborting the stream stops a write that is stuck; the stream itself would wait for it.
      const { signal } = controller as object as { signal?: AbortSignal };
      return writer.writeAll(chunk, { signal });
    },
    close() {
      return writer.close();
    },
    abort(reason) {
      writer.abort(reason);
    },
  });
}
