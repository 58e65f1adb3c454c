import type { LayerSink, LayerSource } from "@aw/core";
import { checkInner, type Schema } from "@aw/core/implementor";
import type { MakeCoder } from "./coder.ts";
import { checkDecode, DICTIONARY_DECODE, INFLATE } from "./decode-options.ts";
import type { DictionaryDecodeOptions, InflateOptions } from "./decode-options.ts";
import { decodeLayer } from "./decode-layer.ts";
import type { DecodeReader } from "./decode-reader.ts";
import type { DecodeWriter } from "./decode-writer.ts";
import { Decoder } from "./decoder.ts";
import { checkDeflate, DEFLATE } from "./deflate-options.ts";
import type { CheckedDeflate, DeflateOptions } from "./deflate-options.ts";
import { encodeLayer } from "./encode-layer.ts";
import type { EncodeReader } from "./encode-reader.ts";
import type { EncodeWriter } from "./encode-writer.ts";
import { Encoder } from "./encoder.ts";
import { plainFormat, startsZlib, type Format } from "./format.ts";

/** With zlib's header and checksum (RFC 1950), or without (RFC 1951). */
export type FlateKind = "zlib" | "raw";

const NAMES = {
  zlib: { encode: "deflate", decode: "inflate", label: "deflate", undo: "inflate", format: "zlib" },
  raw: {
    encode: "deflateRaw",
    decode: "inflateRaw",
    label: "deflate-raw",
    undo: "inflate-raw",
    format: "deflate-raw",
  },
} as const;

/** An encoder on whatever coder the platform has. */
export function flateEncoder(
  kind: FlateKind,
  inner: LayerSink | LayerSource,
  options: DeflateOptions,
  makeCoder: (kind: FlateKind, options: CheckedDeflate) => MakeCoder,
  defaultBlock?: number,
): EncodeWriter | EncodeReader {
  const { encode, label } = NAMES[kind];
  checkInner(encode, inner);
  const checked = checkDeflate(encode, options, DEFLATE, defaultBlock);
  const { level, blockSize } = checked;
  const encoder = new Encoder(`${label}(${level})`, makeCoder(kind, checked));
  return encodeLayer(encode, inner, encoder, { blockSize }, options);
}

/** A decoder on whatever coder the platform has. */
export function flateDecoder(
  kind: FlateKind,
  inner: LayerSink | LayerSource,
  options: InflateOptions,
  makeCoder: (kind: FlateKind, dictionary?: Uint8Array) => MakeCoder,
): DecodeWriter | DecodeReader {
  const { decode, undo } = NAMES[kind];
  checkInner(decode, inner);
  // Only where there is something to tell the two apart by.
  const schema: Schema<DictionaryDecodeOptions> = kind === "zlib" ? INFLATE : DICTIONARY_DECODE;
  const checked = checkDecode<DictionaryDecodeOptions>(decode, options, schema);
  const { dictionary, acceptRaw = false } = options;
  const format = (of: FlateKind, starts?: Format["starts"]): Format =>
    plainFormat(NAMES[of].format, makeCoder(of, dictionary), starts);
  const formats: readonly [Format, ...Format[]] = acceptRaw
    ? [format("zlib", startsZlib), format("raw")]
    : [format(kind)];
  return decodeLayer(inner, new Decoder(undo, formats, checked), checked.blockSize);
}
