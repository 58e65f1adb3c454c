import { CompletionWriter } from "../engine/completion-writer.ts";
import { describeValue } from "../options/describe-value.ts";
import { hasMethods } from "../options/rules.ts";
import { invalidArgument } from "../trait/invalid-argument.ts";
import { rejectInto, type Done } from "../trait/done.ts";
import type { AsyncWriteError } from "../trait/error.ts";

/**
 * A writer into a WritableStream. It holds the stream's lock. Chunks are gathered and copied, so
 * nothing of yours is kept; they go one at a time, each when the stream has taken the one before.
 * Flush resolves when the stream's sink has taken everything.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if it is not a WritableStream, or locked
 */
export function fromWritableStream(stream: WritableStream<Uint8Array>): StreamWriter {
  if (!hasMethods(stream, ["getWriter"])) {
    throw invalidArgument(
      `fromWritableStream: expected a WritableStream, got ${describeValue(stream)}`,
    );
  }
  if (stream.locked) {
    throw invalidArgument("fromWritableStream: the stream is locked; release its writer first");
  }
  return new StreamWriter(stream);
}

export class StreamWriter extends CompletionWriter {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  constructor(stream: WritableStream<Uint8Array>) {
    super({ capacity: 64 * 1024 });
    this.#writer = stream.getWriter();
    this.#writer.closed.catch((error: unknown) => this.fail(error));
  }

  override toString(): string {
    return "WritableStream";
  }

  protected override transmit(bytes: Uint8Array, done: Done): void {
    // The stream may keep the chunk for as long as it likes, the slab is used again.
    this.#writer.write(new Uint8Array(bytes)).then(() => done(), rejectInto(done));
  }

  protected override finish(done: Done): void {
    this.#writer.close().then(() => done(), rejectInto(done));
  }

  protected override destroy(failure: AsyncWriteError): void {
    const reason = failure.code === "ERR_AW_ABORTED" ? failure.cause : failure;
    // The stream's own failure is what this writer fails with already.
    this.#writer.abort(reason).catch(() => {});
  }
}
