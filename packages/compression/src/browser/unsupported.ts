import { AsyncWriteError, type LayerSink, type LayerSource } from "@aw/core";
import type { BrotliOptions } from "../brotli-options.ts";
import type { UnbrotliOptions, ZstdDecodeOptions } from "../decode-options.ts";
import type { DecodeReader } from "../decode-reader.ts";
import type { DecodeWriter } from "../decode-writer.ts";
import type { EncodeReader } from "../encode-reader.ts";
import type { EncodeWriter } from "../encode-writer.ts";
import type { ZstdOptions } from "../zstd-options.ts";

export function unsupported(what: string): AsyncWriteError {
  const message = `${what} needs Node; in browsers there are gzip, deflate and deflateRaw`;
  return new AsyncWriteError("ERR_AW_UNSUPPORTED", message);
}

/** @throws AsyncWriteError `ERR_AW_UNSUPPORTED`, always: browsers have no brotli */
export function brotli(_inner: LayerSink, _options?: BrotliOptions): EncodeWriter;
/** @throws AsyncWriteError `ERR_AW_UNSUPPORTED`, always: browsers have no brotli */
export function brotli(_inner: LayerSource, _options?: BrotliOptions): EncodeReader;
export function brotli(
  _inner: LayerSink | LayerSource,
  _options: BrotliOptions = {},
): EncodeWriter | EncodeReader {
  throw unsupported("brotli");
}

/** @throws AsyncWriteError `ERR_AW_UNSUPPORTED`, always: browsers have no brotli */
export function unbrotli(_inner: LayerSink, _options?: UnbrotliOptions): DecodeWriter;
/** @throws AsyncWriteError `ERR_AW_UNSUPPORTED`, always: browsers have no brotli */
export function unbrotli(_inner: LayerSource, _options?: UnbrotliOptions): DecodeReader;
export function unbrotli(
  _inner: LayerSink | LayerSource,
  _options: UnbrotliOptions = {},
): DecodeWriter | DecodeReader {
  throw unsupported("unbrotli");
}

/** @throws AsyncWriteError `ERR_AW_UNSUPPORTED`, always: browsers have no zstd */
export function zstd(_inner: LayerSink, _options?: ZstdOptions): EncodeWriter;
/** @throws AsyncWriteError `ERR_AW_UNSUPPORTED`, always: browsers have no zstd */
export function zstd(_inner: LayerSource, _options?: ZstdOptions): EncodeReader;
export function zstd(
  _inner: LayerSink | LayerSource,
  _options: ZstdOptions = {},
): EncodeWriter | EncodeReader {
  throw unsupported("zstd");
}

/** @throws AsyncWriteError `ERR_AW_UNSUPPORTED`, always: browsers have no zstd */
export function unzstd(_inner: LayerSink, _options?: ZstdDecodeOptions): DecodeWriter;
/** @throws AsyncWriteError `ERR_AW_UNSUPPORTED`, always: browsers have no zstd */
export function unzstd(_inner: LayerSource, _options?: ZstdDecodeOptions): DecodeReader;
export function unzstd(
  _inner: LayerSink | LayerSource,
  _options: ZstdDecodeOptions = {},
): DecodeWriter | DecodeReader {
  throw unsupported("unzstd");
}
