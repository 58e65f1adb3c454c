import { constants, createGzip } from "node:zlib";
import type { AsyncWrite, Done } from "@aw/core";
import { checkInteger } from "./options.ts";
import { ZlibTransform } from "./zlib-transform.ts";

export interface GzipOptions {
  /** 0 (store) to 9 (smallest). Default: 6. */
  level?: number | undefined;
  /** How many bytes are compressed at a time, gathered from small writes. Default: 64 KiB. */
  blockSize?: number | undefined;
}

/**
 * Compresses into the gzip format (RFC 1952), one member.
 *
 * Small writes are gathered into blocks and compressed on the thread pool. Flush makes everything
 * so far decodable (a sync flush, some bytes larger each time); close writes the trailer.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if an option is out of its range
 */
export function gzip(inner: AsyncWrite, options: GzipOptions = {}): GzipWriter {
  return new GzipWriter(inner, options);
}

export class GzipWriter extends ZlibTransform {
  protected readonly label: string;

  constructor(inner: AsyncWrite, options: GzipOptions = {}) {
    const { level = 6, blockSize = 64 * 1024 } = options;
    checkInteger("gzip level", level, 0, 9);
    checkInteger("gzip blockSize", blockSize, 1, 1 << 30);
    super(inner, createGzip({ level, chunkSize: OUTPUT_CHUNK }), blockSize);
    this.label = `gzip(${level})`;
  }

  protected override flushTransform(done: Done): void {
    this.begin(done);
    this.stream.flush(constants.Z_SYNC_FLUSH, () => this.settle());
  }

  protected override finishTransform(done: Done): void {
    this.begin(done);
    this.stream.once("end", () => this.answer());
    this.stream.end();
  }

  protected override onStreamError(error: Error): void {
    this.fail(error);
  }
}

/** What zlib allocates for output at a time, in bytes. */
const OUTPUT_CHUNK = 32 * 1024;
