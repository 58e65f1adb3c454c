import { checkWriter } from "../options/check-writer.ts";
import { byteLength, encode, isBytes, notBytes } from "../slab/bytes.ts";
import { COSTLY, costOf, spend } from "../task/coop.ts";
import { refusedOptions, type OperationOptions } from "../options/operation-options.ts";
import { PassThrough } from "../engine/pass-through.ts";
import { checkAccepted, writeZero } from "../trait/accepted.ts";
import type { AsyncWrite, FailureListener } from "../trait/async-write.ts";
import { describe } from "../trait/describe.ts";
import { engineOf, isEngine, type Engine } from "../trait/engine.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { WriterState } from "../trait/state.ts";
import { NOOP_WAKER, type Waker } from "../trait/waker.ts";
import { DONE, failureOf, OperationQueue } from "./operation-queue.ts";
import { abortedBy } from "./poll-fn.ts";
import { WriteAllVectoredOperation } from "./write-all-vectored.ts";
import { WriteAllOperation } from "./write-all.ts";

/**
 * The promise API over any {@link AsyncWrite}: what people hold in their hands. Every factory
 * returns one.
 *
 * Operations on one writer run one at a time, in the order of the calls, awaited or not, and the
 * bytes of one `writeAll` are never mixed with those of another. An operation that is ready at
 * once returns one shared resolved promise and allocates nothing.
 *
 * Every rejection is an `AsyncWriteError`. That of a write carries `bytesWritten`.
 *
 * It is an `AsyncWrite` itself, and passes polls on to what it drives. Layers, and your own loops
 * of polls, take {@link Writer.engine} instead, which saves a call.
 */
export class Writer implements AsyncWrite, AsyncDisposable {
  /** What it drives. */
  readonly engine: Engine;
  #operations: OperationQueue | undefined;
  #closing: Promise<void> | undefined;

  /**
   * @param target what to drive; of a `Writer`, what that drives
   * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if it is not a writer
   */
  constructor(target: AsyncWrite) {
    checkWriter(new.target.name, target);
    const below = engineOf(target);
    this.engine = isEngine(below) ? below : new PassThrough(below);
  }

  /**
   * Whether it is a `Writer` itself. What only inherits from one, `Object.create(writer, ...)`, is not:
   * it has none of a writer's own state.
   */
  static is(value: object): value is Writer {
    return #operations in value;
  }

  /** Where in its life the writer is. */
  get state(): WriterState {
    return this.engine.state;
  }

  get isVectored(): boolean {
    return this.engine.isVectored;
  }

  /** Whether no operation waits or is under way: a poll of {@link Writer.engine} overtakes none now. */
  get isIdle(): boolean {
    return this.#operations?.idle !== false;
  }

  pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    return this.engine.pollWrite(waker, buf);
  }

  pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    return this.engine.pollVectoredWrite(waker, bufs);
  }

  pollFlush(waker: Waker): Poll<void> {
    return this.engine.pollFlush(waker);
  }

  pollClose(waker: Waker): Poll<void> {
    return this.engine.pollClose(waker);
  }

  /**
   * Releases everything at once, of the writers below too, without finishing: nothing at the
   * destination looks complete. What is pending rejects with `ERR_AW_ABORTED`, `reason` as its
   * cause. Does nothing to a writer that is closed.
   */
  abort(reason?: unknown): void {
    this.engine.abort(reason);
  }

  onFailure(listener: FailureListener): () => void {
    return this.engine.onFailure(listener);
  }

  /** The layers, outermost first: "buffered(64 KiB) > gzip(6) > tcp 127.0.0.1:9443". */
  toString(): string {
    return describe(this.engine);
  }

  /**
   * Writes what fits now and never waits. Returns the count of bytes accepted, 0 if nothing fits
   * now or earlier operations still wait.
   *
   * @throws AsyncWriteError `ERR_AW_WRITE_ZERO` if nothing will ever fit again, `ERR_AW_CLOSED`,
   * or the failure of the writer
   */
  tryWrite(data: Uint8Array): number {
    if (!isBytes(data)) throw notBytes(data, "a Uint8Array");
    if (!this.isIdle) return 0;
    return this.#writeWithoutWaiting(NOOP_WAKER, data);
  }

  /**
   * Writes once. Resolves with the count of bytes accepted, at least 1 of a non-empty `data`,
   * and waits only while there is room for none. 0 of a non-empty `data` means that the writer
   * will never accept more.
   *
   * Rejects with the failure of the writer, with `ERR_AW_CLOSED` after close, and with `ERR_AW_ABORTED` when
   * the signal fires; nothing was accepted then.
   */
  write(data: Uint8Array, options?: OperationOptions): Promise<number> {
    if (!isBytes(data)) return Promise.reject(notBytes(data, "a Uint8Array"));
    return this.#writeOnce((waker) => this.engine.pollWrite(waker, data), data.length, options);
  }

  /**
   * Writes all of `data`; a string as UTF-8. Resolves once the last byte is accepted, which is
   * when `data` is the caller's again; waits while the destination is slow.
   *
   * Rejects with `ERR_AW_WRITE_ZERO` if the writer is full for good.
   */
  writeAll(data: Uint8Array | string, options?: OperationOptions): Promise<void> {
    const queue = this.#operations;
    // What loops do, apart: small enough to be compiled into the loop.
    if (options === undefined && queue?.idle === true && isSmall(data)) {
      return this.#writeNow(queue, data, undefined);
    }
    return this.#writeAny(data, options);
  }

  /**
   * Like {@link Writer.write} over the concatenation of `bufs`, in one vectored call.
   *
   * Rejects as `write` does.
   */
  writeVectored(bufs: readonly Uint8Array[], options?: OperationOptions): Promise<number> {
    if (!areBytes(bufs)) return Promise.reject(notBytes(bufs, "an array of Uint8Array"));
    const poll = (waker: Waker): Poll<number> => this.engine.pollVectoredWrite(waker, bufs);
    return this.#writeOnce(poll, byteLength(bufs), options);
  }

  /**
   * Like {@link Writer.writeAll} over the concatenation of `bufs`.
   *
   * Rejects as `writeAll` does; the error carries `bytesWritten`.
   */
  writeAllVectored(bufs: readonly Uint8Array[], options?: OperationOptions): Promise<void> {
    if (!areBytes(bufs)) return Promise.reject(notBytes(bufs, "an array of Uint8Array"));
    const refused = refusedOptions(this, options);
    if (refused !== undefined) return Promise.reject(refused);
    if (byteLength(bufs) === 0) return this.#writeLater(EMPTY, options);
    return this.#queue().perform(new WriteAllVectoredOperation(this.engine, bufs), options?.signal);
  }

  /**
   * Resolves once every byte accepted so far has left this writer and all below it: is with the
   * kernel, in the file, decodable by the peer.
   *
   * Rejects with the failure of the writer, and with `ERR_AW_ABORTED` when the signal fires: what was
   * accepted stays accepted.
   */
  flush(options?: OperationOptions): Promise<void> {
    const queue = this.#operations;
    if (options === undefined && queue?.idle === true) return this.#flushNow(queue);
    return this.perform((waker) => this.engine.pollFlush(waker), options);
  }

  /**
   * Flushes, ends the format and closes every layer. Resolves once that is done. A signal stops
   * the waiting; call again to go on.
   *
   * Rejects with the failure of the writer, and with `ERR_AW_ABORTED` when the signal fires.
   */
  close(options?: OperationOptions): Promise<void> {
    this.#closing = this.perform((waker) => this.engine.pollClose(waker), options);
    return this.#closing;
  }

  /**
   * `await using`: leaving the block without `close()` aborts, so that a block that threw leaves
   * nothing that looks complete. A close that is under way is waited for.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      if (!this.isIdle) await this.#closing;
    } finally {
      // Also after a close that failed: it left the writers below as they were.
      this.abort(this.state === "closed" ? ENDED_AFTER_CLOSE : endedWithoutClose());
    }
  }

  /**
   * For subclasses: like {@link Writer.tryWrite}, also while operations wait that carry no bytes,
   * such as a flush: what is written now comes after what they are about. 0 while a write waits.
   */
  protected tryWritePast(data: Uint8Array): number {
    const queue = this.#operations;
    if (queue === undefined || queue.idle) return this.tryWrite(data);
    // The queue stays the waker (AW-WAKE-1): the operation at its head is the one that waits.
    return queue.hasWrites ? 0 : this.#writeWithoutWaiting(queue, data);
  }

  /** For subclasses: whether a write waits for its turn or for room. */
  protected get hasWaitingWrites(): boolean {
    return this.#operations?.hasWrites ?? false;
  }

  /**
   * For subclasses: an operation of your own, polled in its turn among those before and after it
   * until it is ready: "reopen", "rotate", "start a new frame".
   */
  protected perform<T>(poll: (waker: Waker) => Poll<T>, options?: OperationOptions): Promise<T> {
    const refused = refusedOptions(this, options);
    if (refused !== undefined) return Promise.reject(refused);
    return this.#queue().perform({ bytesWritten: undefined, poll }, options?.signal);
  }

  #writeAny(data: Uint8Array | string, options: OperationOptions | undefined): Promise<void> {
    const refused = refusedOptions(this, options);
    if (refused !== undefined) return Promise.reject(refused);
    const queue = this.#queue();
    const ready = queue.idle && !options?.signal?.aborted;
    if (typeof data === "string") {
      if (ready && this.engine.acceptText?.(data) === true)
        return spend(costOf(data.length)) ?? DONE;
      data = encode(data);
    } else if (!isBytes(data)) {
      return Promise.reject(notBytes(data, "a Uint8Array or a string"));
    }
    if (!ready || data.length === 0) return this.#writeLater(data, options);
    // With a signal the promise could reject, and give the buffer back, while it is being read.
    if (data.length >= MIN_LENT && options?.signal === undefined) {
      const loan = this.engine.lend?.(data);
      if (loan !== undefined) return queue.perform(loan, undefined);
    }
    return this.#writeNow(queue, data, options);
  }

  /** A write of at least a byte that is polled right now. */
  #writeNow(
    queue: OperationQueue,
    data: Uint8Array,
    options: OperationOptions | undefined,
  ): Promise<void> {
    let n;
    queue.beginPoll();
    try {
      n = this.engine.pollWrite(queue, data);
    } catch (error) {
      queue.endPoll();
      return Promise.reject(failureOf(error, 0));
    }
    queue.endPoll();
    if (n === data.length) return spend(costOf(n)) ?? DONE;
    return this.#writeRest(queue, data, n, options);
  }

  /** A flush that is polled right now. */
  #flushNow(queue: OperationQueue): Promise<void> {
    queue.beginPoll();
    let answer;
    try {
      answer = this.engine.pollFlush(queue);
    } catch (error) {
      queue.endPoll();
      return Promise.reject(failureOf(error, undefined));
    }
    queue.endPoll();
    if (answer !== PENDING) return spend(this.engine.flushCost ?? COSTLY) ?? DONE;
    const poll = (waker: Waker): Poll<void> => this.engine.pollFlush(waker);
    return queue.enqueueFirst({ bytesWritten: undefined, poll }, undefined);
  }

  /** What is left of a write after its first poll answered `n`. */
  #writeRest(
    queue: OperationQueue,
    data: Uint8Array,
    n: Poll<number>,
    options: OperationOptions | undefined,
  ): Promise<void> {
    if (n === PENDING) {
      return queue.enqueueFirst(new WriteAllOperation(this.engine, data, 0), options?.signal);
    }
    try {
      if (n === 0) throw writeZero(this);
      checkAccepted(n, data.length, this);
    } catch (error) {
      return Promise.reject(failureOf(error, 0));
    }
    return queue.goOn(new WriteAllOperation(this.engine, data, n), options?.signal);
  }

  #queue(): OperationQueue {
    return (this.#operations ??= new OperationQueue(this.engine));
  }

  #writeWithoutWaiting(waker: Waker, data: Uint8Array): number {
    const n = this.engine.pollWrite(waker, data);
    if (n === data.length) return n;
    if (n === PENDING) return 0;
    if (n === 0) throw writeZero(this);
    return checkAccepted(n, data.length, this);
  }

  /** A single call of a poll, which may accept less than all of `length` bytes. */
  #writeOnce(
    poll: (waker: Waker) => Poll<number>,
    length: number,
    options: OperationOptions | undefined,
  ): Promise<number> {
    const refused = refusedOptions(this, options);
    if (refused !== undefined) return Promise.reject(refused);
    const checked = (waker: Waker): Poll<number> => {
      const n = poll(waker);
      return n === PENDING ? n : checkAccepted(n, length, this);
    };
    return this.#queue().perform({ bytesWritten: 0, poll: checked }, options?.signal);
  }

  /** A write that can't be polled right now, or that has no byte and so needs no poll. */
  #writeLater(data: Uint8Array, options: OperationOptions | undefined): Promise<void> {
    if (options?.signal?.aborted) return Promise.reject(abortedBy(options.signal, 0));
    return this.#queue().perform(new WriteAllOperation(this.engine, data, 0), options?.signal);
  }
}

const EMPTY = new Uint8Array(0);

/** One for all: nothing went wrong, and a server would make one for each of its connections. */
const ENDED_AFTER_CLOSE: Readonly<Error> = Object.freeze(
  new Error("the `await using` block ended after close()"),
);

function endedWithoutClose(): Error {
  return new Error("the `await using` block ended without close()");
}

/** Below this size, in bytes, no writer is asked to `lend`: a copy costs next to nothing. */
const MIN_LENT = 16 * 1024;

/** Whether it is bytes, at least one and few enough to be copied without a thought. */
function isSmall(data: unknown): data is Uint8Array {
  return data instanceof Uint8Array && data.length > 0 && data.length < MIN_LENT;
}

function areBytes(bufs: readonly Uint8Array[]): boolean {
  return Array.isArray(bufs) && bufs.every(isBytes);
}
