import * as zlib from "node:zlib";
import type { AsyncWrite } from "@aw/core";
import { ParallelWriter, type BlockDone, type ParallelOptions } from "./parallel-writer.ts";

/** zstd frames that are compressed side by side, one for each block. */
export class ParallelZstdWriter extends ParallelWriter {
  protected readonly label: string;
  readonly #options: zlib.ZstdOptions;

  constructor(inner: AsyncWrite, label: string, options: ParallelOptions, zstd: zlib.ZstdOptions) {
    super(inner, options);
    this.label = label;
    this.#options = zstd;
  }

  protected override compress(block: Uint8Array, done: BlockDone): void {
    // Enough for all output, so that a block is one trip to the thread pool.
    const chunkSize = Math.max(1024, block.length + (block.length >> 7));
    zlib.zstdCompress(block, { ...this.#options, chunkSize }, done);
  }

  protected override header(): undefined {
    return undefined;
  }

  protected override trailer(isEmpty: boolean): Uint8Array {
    return isEmpty ? zlib.zstdCompressSync(new Uint8Array(0), this.#options) : new Uint8Array(0);
  }
}
