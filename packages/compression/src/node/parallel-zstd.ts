import * as zlib from "node:zlib";
import { ReusedCoders, StreamBlockCoder, type BlockCoder } from "./block-coder.ts";
import { FOLLOWED_MARK, frameHeaderLength } from "../zstd-scanner.ts";
import type { ParallelFormat } from "./parallel-encoder.ts";

/** What every frame begins with. */
const MAGIC: readonly number[] = [0x28, 0xb5, 0x2f, 0xfd];

/** What makes a frame without content of a magic number: one raw block, the last, and its checksum. */
const EMPTY: readonly number[] = [0x24, 0, 1, 0, 0, 0x99, 0xe9, 0xd8, 0x51];

/**
 * zstd frames that are compressed side by side, one for each block, and an empty one at the end.
 *
 * What is there before that does not look complete (AW-ABORT-2), in two ways. The magic number of a frame
 * goes out together with the frame before it, so that between two blocks every decoder finds the beginning
 * of another frame. And each frame has the mark that another one follows, by which `unzstd` notices even
 * the cut exactly between two.
 */
export class ParallelZstd implements ParallelFormat {
  readonly label: string;
  readonly header: Uint8Array = Uint8Array.from(MAGIC);
  readonly #coders: ReusedCoders;

  constructor(label: string, blockSize: number, zstd: zlib.ZstdOptions) {
    this.label = label;
    const perBlock: zlib.ZstdOptions = {
      ...zstd,
      flush: zlib.constants.ZSTD_e_end,
      // Enough for the largest output, so that a block is one trip to the thread pool.
      chunkSize: Math.max(1024, blockSize + (blockSize >> 7)),
    };
    this.#coders = new ReusedCoders(() => new StreamBlockCoder(zlib.createZstdCompress(perBlock)));
  }

  coderFor(): BlockCoder {
    return this.#coders;
  }

  /** Without its own magic number, which is out already; with the mark, and the next frame's number. */
  outputOf(frame: Uint8Array): Uint8Array {
    const header = frameHeaderLength(frame);
    const output = new Uint8Array(frame.length + FOLLOWED_MARK.length);
    output.set(frame.subarray(MAGIC.length, header));
    output.set(FOLLOWED_MARK, header - MAGIC.length);
    output.set(frame.subarray(header), header - MAGIC.length + FOLLOWED_MARK.length);
    output.set(MAGIC, output.length - MAGIC.length);
    return output;
  }

  trailer(): Uint8Array {
    return Uint8Array.from(EMPTY);
  }

  release(): void {
    this.#coders.destroy();
  }
}
