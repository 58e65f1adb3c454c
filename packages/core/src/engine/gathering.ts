import { allocate } from "../task/platform.ts";

/** Up to this size, in bytes, a chunk is worth a copy: the object alone takes a few hundred bytes. */
export const SHORT: number = 512;

const ROOM = 4096;

/** Short chunks, copied together. */
export class Gathering {
  readonly #memory: Uint8Array = allocate(ROOM);
  #length = 0;

  hasRoomFor(chunk: Uint8Array): boolean {
    return this.#length + chunk.length <= ROOM;
  }

  add(chunk: Uint8Array): void {
    this.#memory.set(chunk, this.#length);
    this.#length += chunk.length;
  }

  /** Gives the memory away, with nothing behind the bytes that is worth keeping. */
  give(): Uint8Array {
    const isFull = this.#length > ROOM / 2;
    return isFull ? this.#memory.subarray(0, this.#length) : this.#memory.slice(0, this.#length);
  }
}
