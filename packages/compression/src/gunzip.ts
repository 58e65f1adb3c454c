import { createGunzip } from "node:zlib";
import { AsyncWriteError, type AsyncWrite, type Done } from "@aw/core";
import { checkInteger } from "./options.ts";
import { ZlibTransform } from "./zlib-transform.ts";

export interface GunzipOptions {
  /**
   * The most bytes it puts out, against input that expands without end. More fails with
   * `ERR_AW_LIMIT`. Default: no limit.
   */
  maxOutputBytes?: number | undefined;
  /** How many bytes are decompressed at a time, gathered from small writes. Default: 64 KiB. */
  blockSize?: number | undefined;
}

/**
 * Decompresses the gzip format (RFC 1952) into the inner writer: one member or several, one after
 * another, and zero bytes after the last one, as `gzip -d` does.
 *
 * Fails with `ERR_AW_CORRUPT` on anything else, with `ERR_AW_TRUNCATED` at close if the input ends
 * before its trailer (nothing at all is truncated too), and with `ERR_AW_LIMIT`. No output follows
 * a failure.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if an option is out of its range
 */
export function gunzip(inner: AsyncWrite, options: GunzipOptions = {}): GunzipWriter {
  return new GunzipWriter(inner, options);
}

export class GunzipWriter extends ZlibTransform {
  protected readonly label = "gunzip";
  readonly #maxOutputBytes: number;
  /** How many bytes zlib was given. */
  #given = 0;
  /** Whether zlib met padding after the last member, and reads no further. */
  #padding = false;

  constructor(inner: AsyncWrite, options: GunzipOptions = {}) {
    const { maxOutputBytes = Number.MAX_SAFE_INTEGER, blockSize = 64 * 1024 } = options;
    checkInteger("gunzip maxOutputBytes", maxOutputBytes, 0, Number.MAX_SAFE_INTEGER);
    checkInteger("gunzip blockSize", blockSize, 1, 1 << 30);
    super(inner, createGunzip({ chunkSize: OUTPUT_CHUNK }), blockSize);
    this.#maxOutputBytes = maxOutputBytes;
    this.stream.once("end", () => this.answer());
  }

  protected override transform(block: Uint8Array, done: Done): void {
    if (this.#padding) {
      done(this.#checkPadding(block));
      return;
    }
    this.#given += block.length;
    super.transform(block, (error) => done(error ?? this.#checkUnread(block)));
  }

  protected override push(chunk: Uint8Array): boolean {
    if (this.bytesOut + chunk.length > this.#maxOutputBytes) {
      const message = `${this}: more than ${this.#maxOutputBytes} bytes of output; raise maxOutputBytes if you trust the input`;
      this.fail(new AsyncWriteError("ERR_AW_LIMIT", message));
      return false;
    }
    return super.push(chunk);
  }

  protected override finishTransform(done: Done): void {
    if (this.#padding) {
      done();
      return;
    }
    this.begin(done);
    this.stream.end();
  }

  protected override onStreamError(error: Error): void {
    if ((error as NodeJS.ErrnoException).code === "Z_BUF_ERROR") {
      const message = `${this}: the input ended after ${this.bytesIn} bytes, before its trailer`;
      this.fail(new AsyncWriteError("ERR_AW_TRUNCATED", message, { cause: error }));
    } else {
      this.fail(this.#corrupt(error.message, error));
    }
  }

  /** After a member that is followed by a zero byte, zlib leaves the rest of the block unread. */
  #checkUnread(block: Uint8Array): AsyncWriteError | undefined {
    const unread = this.#given - this.stream.bytesWritten;
    if (unread === 0) return undefined;
    this.#padding = true;
    return this.#checkPadding(block.subarray(block.length - unread));
  }

  #checkPadding(bytes: Uint8Array): AsyncWriteError | undefined {
    if (bytes.every((byte) => byte === 0)) return undefined;
    return this.#corrupt("there is garbage after the last member");
  }

  #corrupt(what: string, cause?: unknown): AsyncWriteError {
    const message = `${this}: ${what}, in the block that ends at byte ${this.bytesIn}`;
    return new AsyncWriteError("ERR_AW_CORRUPT", message, cause === undefined ? {} : { cause });
  }
}

/** What zlib allocates for output at a time, in bytes. */
const OUTPUT_CHUNK = 64 * 1024;
