import * as zlib from "node:zlib";
import type { AsyncWrite } from "@aw/core";
import type { CheckedDeflate } from "../deflate-options.ts";
import type { Envelope } from "../encode-writer.ts";
import { StreamBlockCoder, type BlockCoder } from "./block-coder.ts";
import { ParallelWriter } from "./parallel-writer.ts";
import { zlibOptions } from "./zlib-coders.ts";

/** A last block of deflate with nothing in it. */
const LAST_BLOCK: readonly number[] = [3, 0];

/**
 * One gzip member of blocks that are compressed side by side: each is raw deflate with the 32 KiB
 * before it as dictionary, and ends at a byte boundary. The checksum needs no combining, because
 * every block passes here in order, and it takes far less time than compression.
 */
export class ParallelGzipWriter extends ParallelWriter {
  protected readonly label: string;
  readonly #options: CheckedDeflate;
  readonly #envelope: Envelope;
  /** The end of all blocks so far. */
  #window: Uint8Array = new Uint8Array(0);

  constructor(inner: AsyncWrite, parallel: number, options: CheckedDeflate, envelope: Envelope) {
    super(inner, { parallel, blockSize: options.blockSize });
    this.label = `gzip(${options.level}, parallel ${parallel})`;
    this.#options = options;
    this.#envelope = envelope;
  }

  protected override coderFor(block: Uint8Array): BlockCoder {
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

  protected override retire(coder: BlockCoder): void {
    coder.destroy();
  }

  protected override header(): Uint8Array {
    return this.#envelope.header;
  }

  protected override trailer(): Uint8Array {
    return Uint8Array.of(...LAST_BLOCK, ...this.#envelope.trailer());
  }
}

/** The last `most` bytes of two pieces. Short blocks, as after a flush, add to what is there. */
function endOf(before: Uint8Array, block: Uint8Array, most: number): Uint8Array {
  if (block.length >= most) return block.slice(block.length - most);
  const kept = before.subarray(Math.max(0, before.length + block.length - most));
  const end = new Uint8Array(kept.length + block.length);
  end.set(kept);
  end.set(block, kept.length);
  return end;
}
