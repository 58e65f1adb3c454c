import type { Out } from "./loops.ts";

const SLAB = 256 * 1024;

/** Hands bytes to the destination; returns undefined if they are there already. */
export type Send = (bytes: Uint8Array) => Promise<void> | undefined;

/** Two buffers: one is filled while the other is on its way. */
export class Slabs implements Out {
  readonly #send: Send;
  #filling = new Uint8Array(SLAB);
  #spare = new Uint8Array(SLAB);
  #length = 0;
  #sending: Promise<void> | undefined;

  constructor(send: Send) {
    this.#send = send;
  }

  put(message: Uint8Array): Promise<void> | undefined {
    const end = this.#length + message.length;
    if (end > SLAB) return this.#passOn(message);
    this.#filling.set(message, this.#length);
    this.#length = end;
    return undefined;
  }

  /** Resolves when all bytes are with the destination. */
  async flush(): Promise<void> {
    if (this.#length > 0) await this.#swap();
    await this.#sending;
  }

  async #passOn(message: Uint8Array): Promise<void> {
    if (this.#length > 0) await this.#swap();
    if (message.length <= SLAB) return this.put(message);
    // On its own, and waited for: the memory is the caller's.
    await this.#sending;
    await this.#send(message);
  }

  async #swap(): Promise<void> {
    await this.#sending;
    this.#sending = this.#send(this.#filling.subarray(0, this.#length));
    [this.#filling, this.#spare] = [this.#spare, this.#filling];
    this.#length = 0;
  }
}
