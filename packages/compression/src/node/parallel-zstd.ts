import * as zlib from "node:zlib";
import type { AsyncWrite } from "@aw/core";
import { ReusedCoders, StreamBlockCoder, type BlockCoder } from "./block-coder.ts";
import { ParallelWriter, type ParallelOptions } from "./parallel-writer.ts";

/** What every frame begins with. */
const MAGIC: readonly number[] = [0x28, 0xb5, 0x2f, 0xfd];

/** What makes a frame without content of a magic number: no checksum, one raw block, the last. */
const EMPTY: readonly number[] = [0x20, 0, 1, 0, 0];

/**
 * zstd frames that are compressed side by side, one for each block.
 *
 * The magic number of a frame goes out together with the frame before it. So what is there between
 * two blocks does not look complete (AW-ABORT-2): only close makes a frame of the last number.
 */
export class ParallelZstdWriter extends ParallelWriter {
  protected readonly label: string;
  readonly #coders: ReusedCoders;

  constructor(inner: AsyncWrite, label: string, options: ParallelOptions, zstd: zlib.ZstdOptions) {
    super(inner, options);
    this.label = label;
    const { blockSize } = options;
    const perBlock: zlib.ZstdOptions = {
      ...zstd,
      flush: zlib.constants.ZSTD_e_end,
      // Enough for the largest output, so that a block is one trip to the thread pool.
      chunkSize: Math.max(1024, blockSize + (blockSize >> 7)),
    };
    this.#coders = new ReusedCoders(() => new StreamBlockCoder(zlib.createZstdCompress(perBlock)));
  }

  protected override coderFor(): BlockCoder {
    return this.#coders;
  }

  protected override releaseTransform(): void {
    super.releaseTransform();
    this.#coders.destroy();
  }

  /** Without its own magic number, which is out already, and with that of the next frame. */
  protected override outputOf(frame: Uint8Array): Uint8Array {
    frame.copyWithin(0, MAGIC.length);
    frame.set(MAGIC, frame.length - MAGIC.length);
    return frame;
  }

  protected override header(): Uint8Array {
    return Uint8Array.from(MAGIC);
  }

  protected override trailer(): Uint8Array {
    return Uint8Array.from(EMPTY);
  }
}
