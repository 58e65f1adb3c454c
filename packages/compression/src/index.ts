/**
 * Compressors and decompressors as layers of byte writers and readers.
 *
 * ```ts
 * import { memory } from "@aw/core";
 * import { gunzip, gzip } from "@aw/compression";
 *
 * const target = memory();
 * const out = gzip(gunzip(target));
 * await out.writeAll("there and back");
 * await out.close();
 * console.log(await gunzip(gzip(target.bytes())).text()); // there and back
 * ```
 *
 * @packageDocumentation
 */
export type { BrotliOptions } from "./brotli-options.ts";
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
export { brotli } from "./node/brotli.ts";
export { decompress } from "./node/decompress.ts";
export { deflate, deflateRaw } from "./node/deflate.ts";
export { gunzip } from "./node/gunzip.ts";
export { gzip } from "./node/gzip.ts";
export { inflate, inflateRaw } from "./node/inflate.ts";
export { unbrotli } from "./node/unbrotli.ts";
export { unzstd } from "./node/unzstd.ts";
export { zstd } from "./node/zstd.ts";
export type { ZstdOptions } from "./zstd-options.ts";
