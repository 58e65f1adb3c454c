import type { FailureListener } from "../trait/async-write.ts";
import type { AsyncWriteError } from "../trait/error.ts";
import type { Operation } from "../trait/operation.ts";
import type { Pending, Poll } from "../trait/poll.ts";
import type { WriterState } from "../trait/state.ts";
import type { Waker } from "../trait/waker.ts";
import { Writer } from "../writer/writer.ts";
import { Latch } from "../engine/latch.ts";

const EMPTY = new Uint8Array(0);

/** A writer that is its own engine. Transports that are not objects yet extend it. */
export abstract class SelfDriven extends Writer {
  readonly #latch: Latch = new Latch(this, (failure) => this.cleanUp(failure));

  constructor() {
    super(undefined);
  }

  abstract override pollWrite(waker: Waker, buf: Uint8Array): Poll<number>;
  abstract override pollFlush(waker: Waker): Poll<void>;
  abstract override pollClose(waker: Waker): Poll<void>;

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    return this.pollWrite(waker, bufs.find((buf) => buf.length > 0) ?? EMPTY);
  }

  override get isVectored(): boolean {
    return false;
  }

  override get state(): WriterState {
    return this.#latch.state;
  }

  override abort(reason?: unknown): void {
    if (this.#latch.abort(reason)) this.onAbort(reason);
  }

  override onFailure(listener: FailureListener): () => void {
    return this.#latch.onFailure(listener, () => this.listenBelow());
  }

  override toString(): string {
    return this.constructor.name;
  }

  protected cleanUp(_failure: AsyncWriteError): void {}
  protected onAbort(_reason: unknown): void {}

  protected acceptText(_text: string): boolean {
    return false;
  }

  protected lend(_data: Uint8Array): Operation<void> | undefined {
    return undefined;
  }

  protected refuse(): never {
    this.#latch.refuse();
  }

  protected check(): void {
    this.#latch.check();
  }

  protected fail(error: unknown): AsyncWriteError {
    return this.#latch.fail(error);
  }

  protected park(waker: Waker): Pending {
    return this.#latch.register(waker);
  }

  protected unpark(): void {
    this.#latch.wake();
  }

  protected beginClose(): void {
    this.#latch.beginClose();
  }

  protected endClose(): void {
    this.#latch.endClose();
  }

  protected listenBelow(): (() => void) | undefined {
    return undefined;
  }
}
