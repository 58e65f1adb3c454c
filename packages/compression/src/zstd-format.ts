import type { Coder, CoderFailure, MakeCoder } from "./coder.ts";
import type { Format, MemberDecoder, MemberDone } from "./format.ts";
import { startsZstd, ZstdScanner } from "./zstd-scanner.ts";

/** zstd (RFC 8878): frames one after another, some of them to be skipped. */
export function zstdFormat(coder: MakeCoder): Format {
  return {
    name: "zstd",
    repeats: true,
    padding: false,
    starts: startsZstd,
    decoder: (push) => new ZstdDecoder(() => coder(push)),
  };
}

/**
 * Decodes frames, all by one coder: each of them is given exactly to its end, after which zstd itself
 * begins the next one.
 */
class ZstdDecoder implements MemberDecoder {
  readonly #scanner = new ZstdScanner();
  readonly #make: () => Coder;
  /** None before the first frame that is not skipped. */
  #coder: Coder | undefined;
  /** Magic bytes that came before it was clear whether a decoder is needed. */
  #magic: Uint8Array | undefined;

  constructor(make: () => Coder) {
    this.#make = make;
  }

  write(block: Uint8Array, done: MemberDone): void {
    const used = this.#scanner.scan(block);
    if (typeof used !== "number") return done({ kind: "corrupt", ...used }, 0, false);
    const { isData, ended } = this.#scanner;
    const piece = block.subarray(0, used);
    if (isData === undefined) {
      this.#magic = new Uint8Array([...(this.#magic ?? []), ...piece]);
      return done(undefined, used, false);
    }
    if (isData) this.#decode(piece, (failure) => done(failure, used, ended));
    else done(undefined, used, ended);
  }

  restart(): void {
    this.#scanner.restart();
    this.#magic = undefined;
  }

  finish(done: (failure: CoderFailure | undefined) => void): void {
    const { ended, isFollowed } = this.#scanner;
    if (!ended) return done({ kind: "truncated", message: "the end of its frame" });
    done(isFollowed ? { kind: "truncated", message: "the last of its frames" } : undefined);
  }

  resume(): void {
    this.#coder?.resume();
  }

  destroy(): void {
    this.#coder?.destroy();
  }

  #decode(piece: Uint8Array, done: (failure: CoderFailure | undefined) => void): void {
    this.#coder ??= this.#make();
    const coder = this.#coder;
    const magic = this.#magic;
    this.#magic = undefined;
    if (magic === undefined) return coder.write(piece, done);
    coder.write(magic, (failure) => {
      if (failure === undefined) coder.write(piece, done);
      else done(failure);
    });
  }
}
