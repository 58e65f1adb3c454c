import type { AsyncWrite } from "../trait/async-write.ts";
import { CompletionEngine } from "../engine/completion-engine.ts";
import { PassThrough } from "../engine/pass-through.ts";
import { InnerDestination } from "./inner-destination.ts";
import { gathersByItself, type Engine } from "../trait/engine.ts";
import { Writer } from "../writer/writer.ts";
import type { Codec } from "./codec.ts";
import { checkCodec } from "./check-codec.ts";
import { checkWriter } from "../options/check-writer.ts";
import { AsyncWriteError } from "../trait/error.ts";
import type { OperationOptions } from "../options/operation-options.ts";

/** How much is gathered for a writer that does not gather by itself, in bytes. */
const CAPACITY = 64 * 1024;

/**
 * Sends typed messages: the codec turns each into bytes, and those of one turn go to the writer below
 * together, at the end of the turn, as plain writes do. Over a socket or a file that sends them. Layers that
 * hold bytes until a flush, such as `buffered` and `gzip`, hold messages, too.
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
 * `flush` is for who has to know that they have left, and for what is to leave through all layers.
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
  readonly #out: Writer;
  #codec: Codec<Message>;

  constructor(inner: AsyncWrite, codec: Codec<Message>) {
    // Gathering twice would copy twice. Either way the end of these messages is not yet that of what
    // is below: an abort after close goes no further.
    const engine = gathersByItself(inner)
      ? new GatheredMessages(inner)
      : new CompletionEngine(new InnerDestination(inner), { capacity: CAPACITY });
    this.#out = new Writer(engine);
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

  /**
   * Encodes a message and resolves once its bytes are accepted, waiting while the destination is
   * slow. Messages go out whole and in the order of the calls, at the end of the turn at the latest.
   *
   * Rejects before any byte if the codec refuses the message (`ERR_AW_LIMIT` if it is too large,
   * `ERR_AW_INVALID_ARGUMENT` if it can't be encoded).
   */
  send(message: Message, options?: OperationOptions): Promise<void> {
    const codec = this.#codec;
    let parts;
    try {
      parts = codec.encodeText?.(message) ?? codec.encode(message);
    } catch (error) {
      return Promise.reject(AsyncWriteError.from(error, `${this}: encode`));
    }
    if (typeof parts === "string") return this.#out.writeAll(parts, options);
    const [only] = parts;
    return parts.length === 1 && only !== undefined
      ? this.#out.writeAll(only, options)
      : this.#sendParts(parts, options);
  }

  /** A short head that there is room for needs no operation: what follows it is at the head of the queue. */
  #sendParts(parts: readonly Uint8Array[], options: OperationOptions | undefined): Promise<void> {
    const [head, body] = parts;
    const isPair = parts.length === 2 && head !== undefined && body !== undefined;
    if (!isPair || options !== undefined || body.length === 0)
      return this.#out.writeAllVectored(parts, options);
    let n;
    try {
      n = this.#out.tryWrite(head);
    } catch (error) {
      return Promise.reject(AsyncWriteError.from(error));
    }
    if (n === head.length) return this.#out.writeAll(body);
    return this.#out.writeAllVectored([head.subarray(n), body]);
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
    return `framed(${this.#codec.name}) > ${this.#out}`;
  }
}

/** Passes messages on to what gathers them, text as text. */
class GatheredMessages extends PassThrough {
  acceptText(text: string): boolean {
    return this.state === "open" && (this.inner as Partial<Engine>).acceptText?.(text) === true;
  }
}
