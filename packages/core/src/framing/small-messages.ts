/** From this size on, in bytes, memory of one's own is expensive: what is shorter lives with its object. */
const FROM = 65;

/** Up to this size, in bytes, a message may keep a block that others have parts of. */
const UP_TO = 1024;

const BLOCK = 8 * 1024;

/**
 * Memory for small messages, cut out of blocks as Node cuts small Buffers: most of what a message of a
 * hundred bytes costs is an ArrayBuffer of its own. A block belongs to one stream.
 */
export class SmallMessages {
  #block = new Uint8Array(0);
  #used = 0;

  /** Whether a message of so many bytes is one for a block. */
  static suits(length: number): boolean {
    return length >= FROM && length <= UP_TO;
  }

  /** A copy of `bytes`, of a length that suits. */
  copyOf(bytes: Uint8Array): Uint8Array {
    // Somebody may have transferred it with a message: then it has no room left.
    if (this.#used + bytes.length > this.#block.length) {
      this.#block = new Uint8Array(BLOCK);
      this.#used = 0;
    }
    const copy = new Uint8Array(this.#block.buffer, this.#used, bytes.length);
    copy.set(bytes);
    this.#used += bytes.length;
    return copy;
  }
}
