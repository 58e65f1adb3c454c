import { TransformReadEngine, type AsyncBufRead, type Transformer } from "@aw/core";
import { CodecReader } from "./codec-reader.ts";
import type { EncoderBlocks } from "./encode-writer.ts";

/**
 * What an inner reader brings, compressed.
 *
 * Compression gets whole blocks. Once the inner reader has had nothing for a turn of the event loop, what
 * came so far is flushed, so that whoever reads can decode it; `flushOnIdle: false` waits for whole blocks.
 * The format ends where the inner reader does; if that fails, so does this one, and the format has no end.
 */
export class EncodeReader extends CodecReader {
  constructor(
    inner: AsyncBufRead,
    encoder: Transformer,
    blocks: EncoderBlocks,
    flushOnIdle: boolean,
  ) {
    super(new TransformReadEngine(inner, encoder, { ...blocks, flushOnIdle }));
  }
}
