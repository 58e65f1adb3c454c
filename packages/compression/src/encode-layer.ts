import type { LayerSink, LayerSource, Transformer } from "@aw/core";
import { checkInner, invalidArgument, layerOn } from "@aw/core/implementor";
import { EncodeReader } from "./encode-reader.ts";
import { EncodeWriter, type EncoderBlocks } from "./encode-writer.ts";

/** What every encoder can be given for reading. */
export interface FlushOnIdle {
  /**
   * Only where the encoder is read: whether to flush, which costs some bytes, once the inner reader has had
   * nothing for a whole turn of the event loop. Without, what a live source gave can be read once it makes a
   * whole block. Default: true.
   */
  flushOnIdle?: boolean | undefined;
}

/**
 * An encoder on its inner writer or reader, which has been checked.
 *
 * @param name what it is called in messages
 */
export function encodeLayer(
  name: string,
  inner: LayerSink | LayerSource,
  encoder: Transformer,
  blocks: EncoderBlocks,
  { flushOnIdle }: FlushOnIdle,
): EncodeWriter | EncodeReader {
  if (flushOnIdle !== undefined && checkInner(name, inner) === "write") {
    throw invalidArgument(
      `${name}: flushOnIdle is for encoders that are read; a writer is flushed by flush(), or by copy`,
    );
  }
  return layerOn(
    inner,
    (writer) => new EncodeWriter(writer, encoder, blocks),
    (reader) => new EncodeReader(reader, encoder, blocks, flushOnIdle ?? true),
  );
}
