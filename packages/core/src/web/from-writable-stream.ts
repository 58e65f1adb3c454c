import { CompletionEngine } from "../engine/completion-engine.ts";
import type { CompletionControl, Destination } from "../engine/destination.ts";
import { describeValue } from "../options/describe-value.ts";
import { hasMethods } from "../options/rules.ts";
import { invalidArgument } from "../trait/invalid-argument.ts";
import { rejectInto, type Done } from "../trait/done.ts";
import type { AsyncWriteError } from "../trait/error.ts";
import { Writer } from "../writer/writer.ts";

/**
 * A writer into a WritableStream. It holds the stream's lock. Chunks are gathered and copied, so
 * your buffer is not kept; they go one at a time, each when the stream has taken the one before.
 * Flush resolves when the stream's sink has taken everything.
 *
 * ```ts
 * import { fromWritableStream } from "@aw/core";
 *
 * const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
 * const text = new Response(readable).text();
 * const out = fromWritableStream(writable);
 * await out.writeAll("hello");
 * await out.close();
 * console.log(await text); // hello
 * ```
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if it is not a WritableStream, or locked
 */
export function fromWritableStream(stream: WritableStream<Uint8Array>): Writer {
  if (!hasMethods(stream, ["getWriter"])) {
    throw invalidArgument(
      `fromWritableStream: expected a WritableStream, got ${describeValue(stream)}`,
    );
  }
  if (stream.locked) {
    throw invalidArgument("fromWritableStream: the stream is locked; release its writer first");
  }
  return new Writer(new CompletionEngine(new StreamDestination(stream), { capacity: 64 * 1024 }));
}

class StreamDestination implements Destination {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  constructor(stream: WritableStream<Uint8Array>) {
    this.#writer = stream.getWriter();
  }

  start(control: CompletionControl): void {
    this.#writer.closed.catch((error: unknown) => control.fail(error));
  }

  transmit(bytes: Uint8Array, done: Done): void {
    // The stream may keep the chunk for as long as it likes, and the slab is used again.
    this.#writer.write(new Uint8Array(bytes)).then(() => done(), rejectInto(done));
  }

  finish(done: Done): void {
    this.#writer.close().then(() => done(), rejectInto(done));
  }

  destroy(failure: AsyncWriteError): void {
    const reason = failure.code === "ERR_AW_ABORTED" ? failure.cause : failure;
    // The stream's own failure is what the writer has failed with already.
    this.#writer.abort(reason).catch(() => {});
  }

  toString(): string {
    return "WritableStream";
  }
}
