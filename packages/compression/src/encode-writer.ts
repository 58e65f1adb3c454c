import { TransformEngine, type AsyncWrite, type Transformer } from "@aw/core";
import { CodecWriter } from "./codec-writer.ts";

/** How an encoder gathers what is written, in bytes. */
export interface EncoderBlocks {
  readonly blockSize: number;
  /** Default: 64 KiB. Blocks grow from it while they fill. */
  readonly firstBlockSize?: number;
}

/**
 * A compressor in front of an inner writer.
 *
 * Small writes are gathered into blocks. Flush makes everything so far decodable, which costs some
 * bytes, and nothing when there is nothing new. Close ends the format; abort leaves it without its
 * end.
 */
export class EncodeWriter extends CodecWriter {
  constructor(inner: AsyncWrite, encoder: Transformer, blocks: EncoderBlocks) {
    super(new TransformEngine(inner, encoder, blocks));
  }
}
