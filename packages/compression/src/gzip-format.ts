import type { Coder, CoderFailure, Crc32, MakeCoder, Push } from "./coder.ts";
import type { Format, Member, MemberDone } from "./format.ts";
import { GzipHeaderParser } from "./gzip-header-parser.ts";
import type { GzipHeader } from "./gzip-header.ts";

const TRAILER_LENGTH = 8;

/** gzip (RFC 1952): a header, raw deflate, its CRC-32 and length. */
export function gzipFormat(
  inflateRaw: MakeCoder,
  crc32: Crc32,
  onHeader: (header: GzipHeader) => void = () => {},
): Format {
  return {
    name: "gzip",
    repeats: true,
    padding: true,
    starts([first, second]) {
      if (first !== undefined && first !== 0x1f) return false;
      return second === undefined ? undefined : second === 0x8b;
    },
    begin: (push) => new GzipMember(inflateRaw, crc32, push, onHeader),
  };
}

class GzipMember implements Member {
  readonly #onHeader: (header: GzipHeader) => void;
  readonly #parser: GzipHeaderParser;
  readonly #coder: Coder;
  readonly #trailer: number[] = [];
  #inBody = true;
  #crc = 0;
  #length = 0;

  constructor(
    inflateRaw: MakeCoder,
    crc32: Crc32,
    push: Push,
    onHeader: (header: GzipHeader) => void,
  ) {
    this.#onHeader = onHeader;
    this.#parser = new GzipHeaderParser(crc32);
    this.#coder = inflateRaw((chunk) => {
      this.#crc = crc32(chunk, this.#crc);
      this.#length += chunk.length;
      return push(chunk);
    });
  }

  write(block: Uint8Array, done: MemberDone): void {
    if (!this.#parser.done) this.#readHeader(block, done);
    else if (this.#inBody) {
      this.#coder.write(block, (failure, used) => {
        if (used < block.length) this.#inBody = false;
        done(failure, used, false);
      });
    } else this.#readTrailer(block, done);
  }

  finish(done: (failure: CoderFailure | undefined) => void): void {
    done({ kind: "truncated", message: "its trailer" });
  }

  resume(): void {
    this.#coder.resume();
  }

  destroy(): void {
    this.#coder.destroy();
  }

  #readHeader(block: Uint8Array, done: MemberDone): void {
    const used = this.#parser.read(block);
    if (typeof used !== "number") return done(used, 0, false);
    if (this.#parser.done) this.#onHeader(this.#parser.header);
    done(undefined, used, false);
  }

  #readTrailer(block: Uint8Array, done: MemberDone): void {
    const part = block.subarray(0, TRAILER_LENGTH - this.#trailer.length);
    this.#trailer.push(...part);
    if (this.#trailer.length < TRAILER_LENGTH) return done(undefined, part.length, false);
    const view = new DataView(Uint8Array.from(this.#trailer).buffer);
    const message =
      view.getUint32(0, true) !== this.#crc >>> 0
        ? "incorrect data check: the CRC-32 differs"
        : view.getUint32(4, true) !== this.#length % 2 ** 32
          ? "incorrect length check"
          : undefined;
    const failure = message && ({ kind: "corrupt", message, at: 0 } as const);
    done(failure || undefined, part.length, true);
  }
}
