/**
 * The same API for browsers, on pako: gzip, deflate and deflate-raw both ways, with a real flush.
 * brotli, zstd and `parallel` throw `ERR_AW_UNSUPPORTED` at once.
 *
 * @packageDocumentation
 */
export type { BrotliOptions } from "./brotli-options.ts";
export { decompress } from "./browser/decompress.ts";
export { deflate, deflateRaw } from "./browser/deflate.ts";
export { gunzip } from "./browser/gunzip.ts";
export { gzip } from "./browser/gzip.ts";
export { inflate, inflateRaw } from "./browser/inflate.ts";
export { brotli, unbrotli, unzstd, zstd } from "./browser/unsupported.ts";
export type {
  DecodeOptions,
  DictionaryDecodeOptions,
  InflateOptions,
  UnbrotliOptions,
  ZstdDecodeOptions,
} from "./decode-options.ts";
export { DecodeReader } from "./decode-reader.ts";
export { DecodeWriter } from "./decode-writer.ts";
export type { DeflateBaseOptions, DeflateOptions, DeflateStrategy } from "./deflate-options.ts";
export type { FlushOnIdle } from "./encode-layer.ts";
export { EncodeReader } from "./encode-reader.ts";
export { EncodeWriter } from "./encode-writer.ts";
export { GunzipReader } from "./gunzip-reader.ts";
export { GunzipWriter } from "./gunzip-writer.ts";
export type { GzipHeader } from "./gzip-header.ts";
export type { GzipOptions } from "./gzip-options.ts";
export type { ZstdOptions } from "./zstd-options.ts";
