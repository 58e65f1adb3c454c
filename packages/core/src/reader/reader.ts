import { encode, isBytes, notBytes } from "../slab/bytes.ts";
import { checkArgument, checkOptions } from "../options/check-options.ts";
import { checkReader } from "../options/check-reader.ts";
import { refusedOptions, type OperationOptions } from "../options/operation-options.ts";
import { COUNT, POSITIVE_COUNT, SIGNAL, type Schema } from "../options/rules.ts";
import type { AsyncBufRead } from "../trait/async-buf-read.ts";
import { describe } from "../trait/describe.ts";
import { AsyncWriteError } from "../trait/error.ts";
import { invalidArgument } from "../trait/invalid-argument.ts";
import type { Operation } from "../trait/operation.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import { NOOP_WAKER, type Waker } from "../trait/waker.ts";
import { OperationQueue } from "../writer/operation-queue.ts";
import { NextChunk } from "./next-chunk.ts";
import { Peek } from "./peek.ts";
import { ReadAll } from "./read-all.ts";
import { ReadExactly } from "./read-exactly.ts";
import { ReadInto } from "./read-into.ts";
import { ReadLine } from "./read-line.ts";
import { ReadText } from "./read-text.ts";
import { ReadUntil } from "./read-until.ts";
import { Skip } from "./skip.ts";
import { StreamView } from "./stream-view.ts";
import { Window } from "./window.ts";

/** The bound of what comes before a delimiter, and a signal that stops the operation. */
export interface ReadUntilOptions extends OperationOptions {
  /** The max bytes before the delimiter. Default: 1 MiB. */
  maxBytes?: number | undefined;
}

/** The bound of one line, and a signal that stops the operation. */
export interface ReadLineOptions extends OperationOptions {
  /** The max bytes of a line, without its newline. Default: 1 MiB. */
  maxLength?: number | undefined;
}

/** The bound of what a reader collects, and a signal that stops it. */
export interface ReadAllOptions extends OperationOptions {
  /** The max bytes up to the end. Default: no limit. */
  maxBytes?: number | undefined;
}

const UNTIL: Schema<ReadUntilOptions> = { signal: SIGNAL, maxBytes: COUNT };
const LINE: Schema<ReadLineOptions> = { signal: SIGNAL, maxLength: COUNT };
const ALL: Schema<ReadAllOptions> = { signal: SIGNAL, maxBytes: COUNT };

const DEFAULT_MAX = 1024 * 1024;

/** What reads by operations of its own has of a reader: the same bytes, and its turn. */
interface ReaderAccess {
  readonly window: Window;
  perform<T>(operation: Operation<T>): Promise<T>;
}

/** For what belongs to the reader, and is not in its file. */
export let accessTo: (reader: Reader) => ReaderAccess;

/**
 * The promise API over any {@link AsyncBufRead}: what people hold in their hands.
 *
 * ```ts
 * for await (const chunk of reader) total += chunk.length;
 * ```
 *
 * Operations on one reader run one at a time, in the order of the calls, awaited or not. One that can't
 * be completed leaves the bytes that came unread, except for `skip`: after `ERR_AW_TRUNCATED`,
 * `ERR_AW_LIMIT` or a signal, the next operation finds them. So a loop that was left can go on where it
 * stopped.
 *
 * Every rejection is an `AsyncWriteError`. A failure of the source comes after the bytes before it.
 *
 * It is an `AsyncBufRead` itself: layers are put on it. Don't poll it while one of its operations waits.
 */
export class Reader implements AsyncBufRead, AsyncIterable<Uint8Array>, AsyncDisposable {
  readonly #window: Window;
  #queue: OperationQueue | undefined;
  #view: StreamView | undefined;

  static {
    accessTo = (reader) => ({
      window: reader.#window,
      perform: (operation) => reader.#perform(() => operation, undefined),
    });
  }

  /**
   * @param engine what to drive
   * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if it is not an `AsyncBufRead`
   */
  constructor(engine: AsyncBufRead) {
    checkReader("Reader", engine);
    this.#window = new Window(engine);
  }

  pollFillBuf(waker: Waker): Poll<Uint8Array> {
    if (this.#view !== undefined) this.#checkFree();
    return this.#window.pollFillBuf(waker);
  }

  consume(amount: number): void {
    this.#window.consume(amount);
  }

  pollTake(waker: Waker): Poll<Uint8Array> {
    if (this.#view !== undefined) this.#checkFree();
    return this.#window.pollTake(waker);
  }

  /**
   * Releases everything at once, of the readers below too, and makes the source stop. What nobody has
   * read is dropped, what waits rejects with `ERR_AW_ABORTED`, `reason` as its cause. Does nothing to a
   * reader that was read to its end.
   */
  abort(reason?: unknown): void {
    this.#window.abort(reason);
  }

  /** The layers, outermost first: "gunzip < tcp 127.0.0.1:9443". */
  toString(): string {
    return describe(this.#window);
  }

  /**
   * Resolves with the next chunk as soon as a byte is there, and with undefined at the end. The chunk is
   * yours: nobody else reads or writes it any more. Its `buffer` may be larger, and on Node that of a small chunk
   * can't be transferred, as that of a small `Buffer`: to pass a chunk to a worker, pass `chunk.slice()`.
   *
   * Rejects with the failure of the source, and with `ERR_AW_ABORTED` when the signal fires: no byte is lost
   * then.
   */
  read(options?: OperationOptions): Promise<Uint8Array | undefined> {
    if (options === undefined && this.#view === undefined) {
      return this.#operations.perform(this.#window, undefined);
    }
    return this.#perform(() => this.#window, options);
  }

  /**
   * Copies what is there to the start of `target`, waiting for a byte if there is none. Resolves with the
   * count of bytes, and with 0 at the end. `target` is written just before that, and not after a rejection.
   *
   * Rejects as `read` does.
   */
  readInto(target: Uint8Array, options?: OperationOptions): Promise<number> {
    return this.#perform(() => {
      if (!isBytes(target)) throw notBytes(target, "a Uint8Array");
      if (target.length === 0) throw invalidArgument("readInto: the target has no room for a byte");
      return new ReadInto(this.#window, target);
    }, options);
  }

  /**
   * Resolves with the next `count` bytes once all of them are there; they are yours.
   *
   * Rejects with `ERR_AW_TRUNCATED` if the end comes first. What came stays unread.
   */
  readExactly(count: number, options?: OperationOptions): Promise<Uint8Array> {
    return this.#perform(() => {
      checkArgument("readExactly", "count", count, COUNT);
      return new ReadExactly(this.#window, count);
    }, options);
  }

  /**
   * Resolves with the bytes before the next `delimiter`, which is read too; with undefined if the end comes
   * at once.
   *
   * Rejects with `ERR_AW_TRUNCATED` if the end comes before a delimiter, and with `ERR_AW_LIMIT` if that
   * does not come within `maxBytes`. What came stays unread.
   *
   * @param delimiter a byte, bytes, or text as UTF-8; at least one byte
   */
  readUntil(
    delimiter: Uint8Array | string | number,
    options?: ReadUntilOptions,
  ): Promise<Uint8Array | undefined> {
    return this.#perform(
      () => {
        const max = options?.maxBytes ?? DEFAULT_MAX;
        const search = {
          delimiter: delimiterOf(delimiter),
          max,
          what: "what ends with the delimiter",
        };
        return new ReadUntil(this.#window, search);
      },
      options,
      UNTIL,
    );
  }

  /**
   * Resolves with the next line of UTF-8, without the newline or CRLF that ends it; with undefined if the
   * end comes at once.
   *
   * Rejects with `ERR_AW_TRUNCATED` if the end comes within a line (`text()` resolves with the rest), with
   * `ERR_AW_LIMIT` if the line takes more than `maxLength` bytes, and with `ERR_AW_PROTOCOL` if it is not
   * UTF-8. The line stays unread then.
   */
  readLine(options?: ReadLineOptions): Promise<string | undefined> {
    const make = (): ReadLine => new ReadLine(this.#window, options?.maxLength ?? DEFAULT_MAX);
    return this.#perform(make, options, LINE);
  }

  /**
   * Resolves with everything up to the end; the bytes are yours.
   *
   * Rejects with `ERR_AW_LIMIT` if that is more than `maxBytes`; it stays unread then. Set it wherever the
   * source is not your own.
   */
  readAll(options?: ReadAllOptions): Promise<Uint8Array> {
    return this.#perform(() => new ReadAll(this.#window, maxOf(options)), options, ALL);
  }

  /**
   * The same as text, decoded from UTF-8. Rejects with `ERR_AW_PROTOCOL` if it is not UTF-8; `readAll`
   * resolves with the bytes then.
   */
  text(options?: ReadAllOptions): Promise<string> {
    return this.#perform(() => new ReadText(this.#window, maxOf(options)), options, ALL);
  }

  /**
   * Resolves with a copy of the next `count` bytes, and leaves them unread: what follows reads them again.
   * Fewer only if the end comes first.
   *
   * Rejects as `read` does.
   */
  peek(count: number, options?: OperationOptions): Promise<Uint8Array> {
    return this.#perform(() => {
      checkArgument("peek", "count", count, POSITIVE_COUNT);
      return new Peek(this.#window, count);
    }, options);
  }

  /**
   * Drops the next `count` bytes as they come. Rejects with `ERR_AW_TRUNCATED` if the end comes first.
   * Those that it has dropped are gone, also when it rejects.
   */
  skip(count: number, options?: OperationOptions): Promise<void> {
    return this.#perform(() => {
      checkArgument("skip", "count", count, COUNT);
      return new Skip(this.#window, count);
    }, options);
  }

  /**
   * Gives back what was read too far: `bytes`, which are copied, come before those that follow. Also after
   * the end.
   *
   * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` unless it is a Uint8Array
   */
  unread(bytes: Uint8Array): void {
    if (!isBytes(bytes)) throw notBytes(bytes, "a Uint8Array");
    this.#checkFree();
    if (bytes.length === 0) return;
    this.#window.unread(bytes);
    this.#queue?.wake();
  }

  /**
   * The same bytes as a byte stream of the platform, the same errors too. Always the same stream. It reads
   * when it is read, and takes nothing ahead. While it is locked, the reader refuses with
   * `ERR_AW_PROTOCOL`: nobody could say who gets which bytes. Cancelling it aborts the reader.
   */
  get stream(): ReadableStream<Uint8Array> {
    this.#view ??= new StreamView(this.#window, this.#operations);
    return this.#view.stream;
  }

  /** The chunks, as by `read`. Leaving the loop leaves the rest unread: it aborts nothing. */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined, undefined> {
    const next = new NextChunk(this.#window);
    return {
      next: () => this.#perform(() => next, undefined),
      return: () => Promise.resolve({ done: true, value: undefined }),
    };
  }

  /** `await using`: aborts, unless it was read to its end. */
  [Symbol.asyncDispose](): Promise<void> {
    this.abort(new Error("the `await using` block ended before the reader did"));
    return Promise.resolve();
  }

  /**
   * For subclasses that hand their source back: takes what has come and nobody has read, without waiting, also
   * while the stream is being read. See to it before that the source is not resumed. What waits is polled again.
   */
  protected takeUnread(): Uint8Array[] {
    const chunks: Uint8Array[] = [];
    for (;;) {
      const chunk = this.#window.pollTake(NOOP_WAKER);
      if (chunk === PENDING || chunk.length === 0) break;
      chunks.push(chunk);
    }
    this.#queue?.wake();
    return chunks;
  }

  get #operations(): OperationQueue {
    // Every call of a reader that has failed throws the failure: no listener is needed.
    return (this.#queue ??= new OperationQueue(undefined));
  }

  #perform<T>(
    make: () => Operation<T>,
    options: OperationOptions | undefined,
    schema?: Schema<OperationOptions>,
  ): Promise<T> {
    try {
      this.#checkFree();
      if (schema !== undefined && options !== undefined)
        checkOptions(String(this), options, schema);
      const refused = schema === undefined ? refusedOptions(this, options) : undefined;
      if (refused !== undefined) return Promise.reject(refused);
      return this.#operations.perform(make(), options?.signal);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #checkFree(): void {
    if (this.#view?.isTaken !== true) return;
    const message = `${this}: its stream is being read; read that, or release its lock first`;
    throw new AsyncWriteError("ERR_AW_PROTOCOL", message);
  }
}

function maxOf(options: ReadAllOptions | undefined): number {
  return options?.maxBytes ?? Number.POSITIVE_INFINITY;
}

function delimiterOf(value: Uint8Array | string | number): Uint8Array {
  const bytes = typeof value === "string" ? encode(value) : value;
  if (typeof bytes === "number" && Number.isInteger(bytes) && bytes >= 0 && bytes <= 255) {
    return Uint8Array.of(bytes);
  }
  if (isBytes(bytes) && bytes.length > 0) return bytes;
  throw invalidArgument(
    "readUntil: the delimiter must be a byte from 0 to 255, or bytes or text of at least one",
  );
}
