import type { CoderFailure } from "../coder.ts";
import { StreamCoder, type ZlibStream } from "./stream-coder.ts";

/** Called once for a block: with what went wrong, or with all its output. */
export type BlockDone = (failure: CoderFailure | undefined, output: Uint8Array) => void;

/** Compresses blocks, each to what can be decoded by itself, or with those before it. */
export interface BlockCoder {
  compress(block: Uint8Array, done: BlockDone): void;
  /** Releases all memory. No `done` is called any more. */
  destroy(): void;
}

const NOTHING = new Uint8Array(0);

/** Blocks through one stream, one after the other. */
export class StreamBlockCoder implements BlockCoder {
  readonly #coder: StreamCoder;
  #output: Uint8Array[] = [];

  /** @param stream ends what it makes at every write, so that a block is one trip to the thread pool */
  constructor(stream: ZlibStream) {
    this.#coder = new StreamCoder(stream, (chunk) => {
      this.#output.push(chunk);
      // A block's output is bounded, and goes on only as a whole.
      return true;
    });
  }

  compress(block: Uint8Array, done: BlockDone): void {
    this.#coder.write(block, (failure) => {
      const chunks = this.#output;
      this.#output = [];
      done(failure, chunks.length > 1 ? Buffer.concat(chunks) : (chunks[0] ?? NOTHING));
    });
  }

  destroy(): void {
    this.#coder.destroy();
  }
}

/**
 * Blocks through as many coders as work at a time, each used again and again: to set one up, with its
 * tables, takes longer than to go on with it.
 */
export class ReusedCoders implements BlockCoder {
  readonly #make: () => BlockCoder;
  readonly #all: BlockCoder[] = [];
  readonly #idle: BlockCoder[] = [];

  constructor(make: () => BlockCoder) {
    this.#make = make;
  }

  compress(block: Uint8Array, done: BlockDone): void {
    const coder = this.#idle.pop() ?? this.#another();
    coder.compress(block, (failure, output) => {
      this.#idle.push(coder);
      done(failure, output);
    });
  }

  destroy(): void {
    this.#idle.length = 0;
    for (const coder of this.#all.splice(0)) coder.destroy();
  }

  #another(): BlockCoder {
    const coder = this.#make();
    this.#all.push(coder);
    return coder;
  }
}
