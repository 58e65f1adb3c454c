import { AsyncWriteError, type CompletionControl, type Destination, type Done } from "@aw/core";
import { Part } from "./part.ts";

export interface PartOptions {
  /** How large each part is but the last one, in bytes. */
  partBytes: number;
  /** How many are in flight at a time. */
  concurrency: number;
  /** Sends one, the first one has number 1. Resolves when the server has it. */
  send: (body: Uint8Array, number: number, signal: AbortSignal) => Promise<void>;
  label: string;
}

/** S3 takes no more, of one object. */
const MAX_PARTS = 10_000;

/**
 * Parts for an upload in several of them. Bytes are gathered until there is a whole part; while `concurrency` parts are in flight
 * and the next one is full, the writer waits. So no more than `concurrency + 1` parts are in memory. No flush can hurry a part: S3
 * takes none that is small but the last one.
 */
export class PartDestination implements Destination {
  readonly #options: PartOptions;
  readonly #part: Part;
  readonly #sending = new Set<Promise<void>>();
  readonly #destroyed = new AbortController();
  #control: CompletionControl | undefined;
  #count = 0;

  constructor(options: PartOptions) {
    this.#options = options;
    this.#part = new Part(options.partBytes);
  }

  start(control: CompletionControl): void {
    this.#control = control;
  }

  transmit(bytes: Uint8Array, done: Done): void {
    if (bytes.length < this.#part.room) {
      this.#part.put(bytes);
      done();
    } else void this.#fill(bytes).then(() => done(), done);
  }

  /** The last part is as large as it is; one at least there has to be. */
  finish(done: Done): void {
    void this.#finish().then(() => done(), done);
  }

  destroy(failure: AsyncWriteError): void {
    this.#part.clear();
    this.#destroyed.abort(failure);
  }

  /** Resolves when no part is in flight. */
  async settled(): Promise<void> {
    await Promise.all(this.#sending);
  }

  toString(): string {
    return this.#options.label;
  }

  async #fill(bytes: Uint8Array): Promise<void> {
    let rest = bytes;
    while (rest.length > 0 && !this.#destroyed.signal.aborted) {
      rest = rest.subarray(this.#part.put(rest));
      if (this.#part.room === 0) await this.#sendPart();
    }
  }

  async #finish(): Promise<void> {
    if (this.#part.length > 0 || this.#count === 0) await this.#sendPart();
    await this.settled();
  }

  async #sendPart(): Promise<void> {
    const { concurrency, send, label, partBytes } = this.#options;
    while (this.#sending.size >= concurrency) await Promise.race(this.#sending);
    if (this.#destroyed.signal.aborted) return;
    if (this.#count === MAX_PARTS) {
      const message = `${label}: more than ${MAX_PARTS} parts of ${partBytes} bytes; raise s3.partBytes`;
      throw new AsyncWriteError("ERR_AW_LIMIT", message);
    }
    const sending = send(this.#part.take(), ++this.#count, this.#destroyed.signal)
      // It failed between two steps: the engine has to hear of it by itself.
      .catch((error: unknown) => void this.#control?.fail(error))
      .finally(() => this.#sending.delete(sending));
    this.#sending.add(sending);
  }
}
