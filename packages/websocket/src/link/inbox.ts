import { AsyncWriteError, Reader, SourceEngine, type Source, type Waker } from "@aw/core";
import { Timer } from "@aw/core/implementor";
import { READ_AHEAD, UNREAD, type Flow } from "./flow.ts";
import { OwnChunks } from "./own-chunks.ts";

/** How long nobody may read while too much waits after close(), in milliseconds. */
const PATIENCE_MS = 1000;

/** Begins to read although nobody has asked: an end or a fault of the peer is noticed so. */
const NOBODY: Waker = { wake: () => {} };

/** The reading side of a byte stream: what arrived, with backpressure where the link can pause. */
export class Inbox implements Source {
  readonly reader: Reader;
  readonly #name: string;
  readonly #flow: Flow;
  readonly #onCancel: () => void;
  readonly #engine: SourceEngine;
  #ended = false;
  #cancelled = false;
  /** All that was pushed, in bytes. */
  #pushed = 0;
  /** Runs while too much waits. */
  #patience: Timer | undefined;

  /**
   * @param name what the reader is called in messages
   * @param onCancel called when the reader was aborted, and wants no more
   */
  constructor(name: string, flow: Flow, onCancel: () => void = () => {}) {
    this.#name = name;
    this.#flow = flow;
    this.#onCancel = onCancel;
    this.#engine = new SourceEngine(this, { capacity: READ_AHEAD });
    this.reader = new Reader(new OwnChunks(this.#engine));
    this.#engine.pollFillBuf(NOBODY);
  }

  /** Whether the reader wants no more, although more may come. */
  get isCancelled(): boolean {
    return this.#cancelled;
  }

  /** The peer's bytes. What comes behind an end is dropped. */
  push(bytes: Uint8Array): void {
    if (this.#ended) {
      if (this.#cancelled) this.#flow.discard(bytes.length);
      return;
    }
    this.#engine.push(bytes);
    this.#pushed += bytes.length;
    if (this.#isFlooded) this.#hold();
  }

  end(): void {
    if (this.#ended) return;
    this.#finish();
    this.#engine.end();
    // The close of the peer is still to come.
    this.#flow.release();
  }

  /** The reader hears of it after the bytes that came before. */
  fail(error: AsyncWriteError): void {
    if (this.#ended) return;
    this.#finish();
    this.#engine.fail(error);
  }

  /** The reader fails at once, and drops what it has not read. */
  abort(reason: unknown): void {
    if (this.#ended) return;
    this.#finish();
    this.#engine.abort(reason);
  }

  resume(): void {
    this.#flow.release();
  }

  pause(): void {
    this.#flow.hold();
  }

  destroy(): void {
    if (this.#ended) return;
    this.#finish();
    this.#cancelled = true;
    // What comes now is discarded.
    this.#flow.release();
    this.#onCancel();
  }

  toString(): string {
    return this.#name;
  }

  #finish(): void {
    this.#ended = true;
    this.#patience?.clear();
  }

  /** Whether more waits than may while the peer owes its answer to a close. */
  get #isFlooded(): boolean {
    return this.#flow.isDraining && this.#engine.unread > READ_AHEAD + UNREAD;
  }

  /**
   * One turn of the event loop can bring more than that even to who reads as fast as it comes. So the peer
   * has to wait while somebody reads; once nobody does, the answer to the close would never come.
   */
  #hold(): void {
    this.#flow.stop();
    this.#patience ??= new Timer();
    if (!this.#patience.isRunning) this.#wait(this.#patience);
  }

  #wait(patience: Timer): void {
    const read = this.#pushed - this.#engine.unread;
    patience.start(PATIENCE_MS, () => {
      if (this.#isFlooded && this.#pushed - this.#engine.unread === read) {
        const message = `${this}: too much arrived unread after close(); read while it closes`;
        this.fail(new AsyncWriteError("ERR_AW_LIMIT", message));
      } else if (this.#isFlooded) {
        this.#wait(patience);
        return;
      }
      this.#flow.release();
    });
  }
}
