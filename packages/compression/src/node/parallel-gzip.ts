import * as zlib from "node:zlib";
import type { CheckedDeflate } from "../deflate-options.ts";
import type { Envelope } from "../envelope.ts";
import { StreamBlockCoder, type BlockCoder } from "./block-coder.ts";
import type { ParallelFormat } from "./parallel-encoder.ts";
import { zlibOptions } from "./zlib-coders.ts";

/** A last block of deflate with nothing in it. */
const LAST_BLOCK: readonly number[] = [3, 0];

/**
 * One gzip member of blocks that are compressed side by side: each is raw deflate with the 32 KiB
 * before it as dictionary, and ends at a byte boundary. The checksum needs no combining, because
 * every block passes here in order, and it takes far less time than compression.
 */
export class ParallelGzip implements ParallelFormat {
  readonly label: string;
  readonly header: Uint8Array;
  readonly #options: CheckedDeflate;
  readonly #envelope: Envelope;
  /** The end of all blocks so far. */
  #window: Uint8Array = new Uint8Array(0);

  constructor(label: string, options: CheckedDeflate, envelope: Envelope) {
    this.label = label;
    this.header = envelope.header;
    this.#options = options;
    this.#envelope = envelope;
  }

  coderFor(block: Uint8Array): BlockCoder {
    const dictionary = this.#window;
    this.#envelope.update(block);
    this.#window = endOf(dictionary, block, 2 ** this.#options.windowBits);
    const stream = zlib.createDeflateRaw({
      ...zlibOptions(this.#options),
      flush: zlib.constants.Z_SYNC_FLUSH,
      // Enough for the output of text, so that a block is one trip to the thread pool.
      chunkSize: Math.max(1024, block.length >> 2),
      ...(dictionary.length > 0 && { dictionary }),
    });
    return new StreamBlockCoder(stream);
  }

  retire(coder: BlockCoder): void {
    coder.destroy();
  }

  trailer(): Uint8Array {
    return Uint8Array.of(...LAST_BLOCK, ...this.#envelope.trailer());
  }
}

/** The last `max` bytes of two pieces. Short blocks, as after a flush, add to what is there. */
function endOf(before: Uint8Array, block: Uint8Array, max: number): Uint8Array {
  if (block.length >= max) return block.slice(block.length - max);
  const kept = before.subarray(Math.max(0, before.length + block.length - max));
  const end = new Uint8Array(kept.length + block.length);
  end.set(kept);
  end.set(block, kept.length);
  return end;
}
