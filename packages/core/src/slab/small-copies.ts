/** From this size on, in bytes, memory of its own is expensive: what is shorter lives with its object. */
const FROM = 65;

/** Up to this size, in bytes, a copy may keep a block that others have parts of. */
const UP_TO = 1024;

const BLOCK = 8 * 1024;

/** Each copy begins at a multiple of this, so that any typed array can be laid over it. */
const ALIGNMENT = 8;

/**
 * Memory for small copies that are given away, cut out of blocks as Node cuts small Buffers: most of what a copy of a
 * hundred bytes costs is an ArrayBuffer of its own.
 */
export class SmallCopies {
  readonly #newBlock: (size: number) => Uint8Array;
  #block: Uint8Array;
  #used = 0;

  constructor(newBlock: (size: number) => Uint8Array = (size) => new Uint8Array(size)) {
    this.#newBlock = newBlock;
    this.#block = new Uint8Array(0);
  }

  /** Whether a copy of so many bytes is one for a block. */
  static suits(length: number): boolean {
    return length >= FROM && length <= UP_TO;
  }

  /** A copy of `bytes`, of a length that suits. */
  copyOf(bytes: Uint8Array): Uint8Array {
    // Somebody may have transferred it with a copy: then it has no room left.
    if (this.#used + bytes.length > this.#block.length) {
      this.#block = this.#newBlock(BLOCK);
      this.#used = 0;
    }
    const copy = new Uint8Array(this.#block.buffer, this.#used, bytes.length);
    copy.set(bytes);
    this.#used = (this.#used + bytes.length + ALIGNMENT - 1) & -ALIGNMENT;
    return copy;
  }
}
