import { AsyncWriteError, type AsyncWrite } from "@aw/core";
import type { BrotliOptions } from "../brotli-options.ts";
import type { UnbrotliOptions, ZstdDecodeOptions } from "../decode-options.ts";
import type { DecodeWriter } from "../decode-writer.ts";
import type { EncodeWriter } from "../encode-writer.ts";
import type { ZstdOptions } from "../zstd-options.ts";

export function unsupported(what: string): AsyncWriteError {
  const message = `${what} needs Node; in browsers there are gzip, deflate and deflateRaw`;
  return new AsyncWriteError("ERR_AW_UNSUPPORTED", message);
}

/** @throws AsyncWriteError `ERR_AW_UNSUPPORTED`, always: browsers have no brotli */
export function brotli(_inner: AsyncWrite, _options: BrotliOptions = {}): EncodeWriter {
  throw unsupported("brotli");
}

/** @throws AsyncWriteError `ERR_AW_UNSUPPORTED`, always: browsers have no brotli */
export function unbrotli(_inner: AsyncWrite, _options: UnbrotliOptions = {}): DecodeWriter {
  throw unsupported("unbrotli");
}

/** @throws AsyncWriteError `ERR_AW_UNSUPPORTED`, always: browsers have no zstd */
export function zstd(_inner: AsyncWrite, _options: ZstdOptions = {}): EncodeWriter {
  throw unsupported("zstd");
}

/** @throws AsyncWriteError `ERR_AW_UNSUPPORTED`, always: browsers have no zstd */
export function unzstd(_inner: AsyncWrite, _options: ZstdDecodeOptions = {}): DecodeWriter {
  throw unsupported("unzstd");
}
