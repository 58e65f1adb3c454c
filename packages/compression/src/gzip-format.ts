import type { Coder, CoderFailure, Crc32, MakeCoder, Push } from "./coder.ts";
import type { Format, MemberDecoder, MemberDone } from "./format.ts";
import { GzipHeaderParser } from "./gzip-header-parser.ts";
import type { GzipHeader } from "./gzip-header.ts";

const TRAILER_LENGTH = 8;

/** Called with the header of each member that was found. */
export type OnHeader = (header: GzipHeader) => void;

/** gzip (RFC 1952), by whatever decodes its members. */
export function gzipFormat(decoder: Format["decoder"]): Format {
  return {
    name: "gzip",
    repeats: true,
    padding: true,
    starts([first, second]) {
      if (first !== undefined && first !== 0x1f) return false;
      return second === undefined ? undefined : second === 0x8b;
    },
    decoder,
  };
}

/**
 * Decodes members one by one: a header, raw deflate, its CRC-32 and length. It knows where each one
 * ends.
 */
export class GzipDecoder implements MemberDecoder {
  readonly #make: () => Coder;
  readonly #crc32: Crc32;
  readonly #onHeader: OnHeader;
  #coder: Coder;
  #parser: GzipHeaderParser;
  readonly #trailer = new Uint8Array(TRAILER_LENGTH);
  #trailerLength = 0;
  #stage: "header" | "body" | "trailer" | "end" = "header";
  #crc = 0;
  #length = 0;

  constructor(inflateRaw: MakeCoder, crc32: Crc32, push: Push, onHeader: OnHeader = () => {}) {
    this.#crc32 = crc32;
    this.#onHeader = onHeader;
    this.#parser = new GzipHeaderParser(crc32);
    this.#make = () =>
      inflateRaw((chunk) => {
        this.#crc = crc32(chunk, this.#crc);
        this.#length += chunk.length;
        return push(chunk);
      });
    this.#coder = this.#make();
  }

  write(block: Uint8Array, done: MemberDone): void {
    if (this.#stage === "header") return this.#readHeader(block, done);
    if (this.#stage === "trailer") return this.#readTrailer(block, done);
    this.#coder.write(block, (failure, used) => {
      if (used < block.length) this.#stage = "trailer";
      done(failure, used, false);
    });
  }

  restart(): void {
    this.#stage = "header";
    this.#parser = new GzipHeaderParser(this.#crc32);
    this.#trailerLength = this.#crc = this.#length = 0;
    if (this.#coder.restart !== undefined) return this.#coder.restart();
    this.#coder.destroy();
    this.#coder = this.#make();
  }

  finish(done: (failure: CoderFailure | undefined) => void): void {
    done(this.#stage === "end" ? undefined : { kind: "truncated", message: "its trailer" });
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
    if (this.#parser.done) {
      this.#stage = "body";
      this.#onHeader(this.#parser.header);
    }
    done(undefined, used, false);
  }

  #readTrailer(block: Uint8Array, done: MemberDone): void {
    const part = block.subarray(0, TRAILER_LENGTH - this.#trailerLength);
    this.#trailer.set(part, this.#trailerLength);
    this.#trailerLength += part.length;
    if (this.#trailerLength < TRAILER_LENGTH) return done(undefined, part.length, false);
    const message = this.#checkTrailer();
    if (message !== undefined) return done({ kind: "corrupt", message, at: 0 }, 0, false);
    this.#stage = "end";
    done(undefined, part.length, true);
  }

  #checkTrailer(): string | undefined {
    const view = new DataView(this.#trailer.buffer);
    if (view.getUint32(0, true) !== this.#crc >>> 0) {
      return "incorrect data check: the CRC-32 differs";
    }
    if (view.getUint32(4, true) !== this.#length % 2 ** 32) return "incorrect length check";
    return undefined;
  }
}
