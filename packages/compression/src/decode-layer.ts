import type { LayerSink, LayerSource } from "@aw/core";
import { layerOn } from "@aw/core/implementor";
import { DecodeReader } from "./decode-reader.ts";
import { DecodeWriter } from "./decode-writer.ts";
import type { Decoder } from "./decoder.ts";
import type { GunzipDecoder } from "./gunzip-decoder.ts";
import { GunzipReader } from "./gunzip-reader.ts";
import { GunzipWriter } from "./gunzip-writer.ts";

/** A decoder on its inner writer or reader, which has been checked. */
export function decodeLayer(
  inner: LayerSink | LayerSource,
  decoder: Decoder,
  blockSize: number,
): DecodeWriter | DecodeReader {
  return layerOn(
    inner,
    (writer) => new DecodeWriter(writer, decoder, blockSize),
    (reader) => new DecodeReader(reader, decoder, blockSize),
  );
}

/** The same for gzip. */
export function gunzipLayer(
  inner: LayerSink | LayerSource,
  decoder: GunzipDecoder,
  blockSize: number,
): GunzipWriter | GunzipReader {
  return layerOn(
    inner,
    (writer) => new GunzipWriter(writer, decoder, blockSize),
    (reader) => new GunzipReader(reader, decoder, blockSize),
  );
}
