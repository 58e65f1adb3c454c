import type { AsyncWrite } from "../trait/async-write.ts";
import { buffered, type BufWriter } from "../layer/buf-writer.ts";
import type { Codec } from "./codec.ts";
import { checkCodec } from "./check-codec.ts";
import { checkWriter } from "../options/check-writer.ts";
import { AsyncWriteError } from "../trait/error.ts";
import { describe } from "../trait/describe.ts";
import type { OperationOptions } from "../options/operation-options.ts";

/**
 * Sends typed messages: the codec turns each into bytes, which are gathered and leave at flush, at
 * close, or when 64 KiB wait.
 *
 * ```ts
 * import { framed, memory, ndjson } from "@aw/core";
 *
 * const target = memory();
 * const out = framed(target, ndjson<{ level: string; text: string }>());
 * await out.send({ level: "info", text: "started" });
 * await out.flush();
 * console.log(target.text().trimEnd()); // {"level":"info","text":"started"}
 * ```
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is not a writer, or codec not a codec
 */
export function framed<Message>(inner: AsyncWrite, codec: Codec<Message>): Framed<Message> {
  checkWriter("framed", inner);
  checkCodec("framed", codec);
  return new Framed(inner, codec);
}

/** The sender of {@link framed}: typed messages over one writer. */
export class Framed<Message> implements AsyncDisposable {
  readonly #inner: AsyncWrite;
  readonly #out: BufWriter;
  #codec: Codec<Message>;

  constructor(inner: AsyncWrite, codec: Codec<Message>) {
    this.#inner = inner;
    this.#out = buffered(inner);
    this.#codec = codec;
  }

  /** What encodes the next message. Bytes of those before stay as they are. */
  get codec(): Codec<Message> {
    return this.#codec;
  }

  set codec(codec: Codec<Message>) {
    checkCodec("framed", codec);
    this.#codec = codec;
  }

  /** How many bytes were encoded and not passed on yet. */
  get pendingBytes(): number {
    return this.#out.pendingBytes;
  }

  /**
   * Encodes a message and resolves once its bytes are accepted, waiting while the destination is
   * slow. Messages go out whole and in the order of the calls.
   *
   * Rejects before any byte if the codec refuses the message (`ERR_AW_LIMIT` if it is too large,
   * `ERR_AW_INVALID_ARGUMENT` if it can't be encoded).
   */
  send(message: Message, options?: OperationOptions): Promise<void> {
    let parts;
    try {
      parts = this.#codec.encode(message);
    } catch (error) {
      return Promise.reject(AsyncWriteError.from(error, `${this}: encode`));
    }
    return this.#out.writeAllVectored(parts, options);
  }

  /**
   * Resolves once every message is with the destination.
   *
   * Rejects with the failure of the writer below, and with `ERR_AW_ABORTED` when the signal fires.
   */
  flush(options?: OperationOptions): Promise<void> {
    return this.#out.flush(options);
  }

  /**
   * Flushes and closes the writer below.
   *
   * Rejects with the failure of the writer below, and with `ERR_AW_ABORTED` when the signal fires.
   */
  close(options?: OperationOptions): Promise<void> {
    return this.#out.close(options);
  }

  /** Releases everything at once; see `Writer.abort`. */
  abort(reason?: unknown): void {
    this.#out.abort(reason);
  }

  /** Leaving an `await using` block without `close()` aborts. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#out[Symbol.asyncDispose]();
  }

  toString(): string {
    return `framed(${this.#codec.name}) > ${describe(this.#inner)}`;
  }
}
