import type { AsyncWrite } from "@aw/core";
import { crc32 } from "../crc32.ts";
import type { DecodeOptions } from "../decode-options.ts";
import { GunzipWriter } from "../gunzip-writer.ts";
import { inflateCoder } from "./coders.ts";

/**
 * Decompresses the gzip format (RFC 1952): one member or several, and zero bytes after the last
 * one, as `gzip -d` does.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if an option is unknown or out of its range
 */
export function gunzip(inner: AsyncWrite, options: DecodeOptions = {}): GunzipWriter {
  return new GunzipWriter(inner, options, inflateCoder("raw"), crc32);
}
