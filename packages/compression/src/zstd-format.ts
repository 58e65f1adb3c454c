import type { Coder, CoderFailure, MakeCoder, Push } from "./coder.ts";
import type { Format, Member, MemberDone } from "./format.ts";
import { startsZstd, ZstdScanner } from "./zstd-scanner.ts";

/** zstd (RFC 8878): frames one after another, some of them to be skipped. */
export function zstdFormat(coder: MakeCoder): Format {
  return {
    name: "zstd",
    repeats: true,
    padding: false,
    starts: startsZstd,
    begin: (push) => new ZstdMember(coder, push),
  };
}

class ZstdMember implements Member {
  readonly #scanner = new ZstdScanner();
  readonly #make: MakeCoder;
  readonly #push: Push;
  /** None for a frame that is skipped. */
  #coder: Coder | undefined;
  /** Magic bytes that came before it was clear whether a decoder is needed. */
  #magic: Uint8Array | undefined;

  constructor(make: MakeCoder, push: Push) {
    this.#make = make;
    this.#push = push;
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
    if (!isData) return done(undefined, used, ended);
    this.#decode(piece, (failure) => {
      if (failure !== undefined || !ended) done(failure, used, false);
      else this.#coder?.finish((late) => done(late, used, true));
    });
  }

  finish(done: (failure: CoderFailure | undefined) => void): void {
    done({ kind: "truncated", message: "the end of its frame" });
  }

  resume(): void {
    this.#coder?.resume();
  }

  destroy(): void {
    this.#coder?.destroy();
  }

  #decode(piece: Uint8Array, done: (failure: CoderFailure | undefined) => void): void {
    this.#coder ??= this.#make(this.#push);
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
