import type { Writable } from "node:stream";
import { AsyncWriteError, CompletionWriter, type Done } from "@aw/core";

/**
 * A writer into a Node Writable: a file stream, an HTTP response, `process.stdout`, a zlib stream.
 *
 * Chunks go one at a time, each when the stream has called back for the one before, so at most
 * 64 KiB wait here and one chunk there, whatever its `highWaterMark`. Flush resolves when the stream has called
 * back for everything; what it means by that is its own affair. Close ends it and waits for `finish`;
 * abort destroys it. The stream's errors are this writer's.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if the stream can't be written to any more
 */
export function fromNodeWritable(stream: Writable): NodeStreamWriter {
  if (!stream.writable) {
    const message = "the stream can't be written to: it has ended, failed, or is not a Writable";
    throw new AsyncWriteError("ERR_AW_INVALID_ARGUMENT", message);
  }
  return new NodeStreamWriter(stream);
}

export class NodeStreamWriter extends CompletionWriter {
  readonly #stream: Writable;

  constructor(stream: Writable) {
    super({ capacity: 64 * 1024 });
    this.#stream = stream;
    stream.on("error", (error) => this.fail(error));
    stream.on("close", () => {
      if (this.state === "closed") return;
      const message = `${this}: the stream was closed; nobody takes what is written`;
      this.fail(stream.errored ?? new AsyncWriteError("ERR_AW_BROKEN_PIPE", message));
    });
  }

  override toString(): string {
    return this.#stream.constructor.name;
  }

  protected override transmit(bytes: Uint8Array, done: Done): void {
    // The stream may keep the chunk after its callback (a Transform passes it on), and the slab is
    // used again.
    this.#stream.write(Buffer.from(bytes), done);
  }

  protected override finish(done: Done): void {
    this.#stream.end(done);
  }

  protected override destroy(failure: AsyncWriteError): void {
    this.#stream.destroy(failure);
  }
}
