import type { Coder, CoderFailure, MakeCoder, Push } from "./coder.ts";

/** Called once for a piece of input: with what went wrong, how many bytes were used, whether the member ended. */
export type MemberDone = (failure: CoderFailure | undefined, used: number, ended: boolean) => void;

/** Decodes a format's members, frames or streams, one after another. One call at a time. */
export interface MemberDecoder {
  /** Takes some of `block`, at least one byte unless that was the end of the member. */
  write(block: Uint8Array, done: MemberDone): void;
  /** Another member begins. Called after the end of the one before it. */
  restart(): void;
  /** No more input: fails unless the latest member is complete, and no further one is announced. */
  finish(done: (failure: CoderFailure | undefined) => void): void;
  resume(): void;
  destroy(): void;
}

/** A format that can be decoded. */
export interface Format {
  readonly name: string;
  /** Whether one member may follow another. */
  readonly repeats: boolean;
  /** Whether zero bytes after a member are no garbage: tapes have them, up to the end of a record. */
  readonly padding: boolean;
  /** Whether a member starts with these bytes; undefined if it takes more to tell. */
  starts(head: Uint8Array): boolean | undefined;
  /** What decodes it. The first member begins. */
  decoder(push: Push): MemberDecoder;
}

/** A format whose coder does all of it: zlib (RFC 1950), raw deflate (RFC 1951), brotli (RFC 7932). */
export function plainFormat(
  name: string,
  coder: MakeCoder,
  starts: Format["starts"] = () => true,
): Format {
  return {
    name,
    repeats: false,
    padding: false,
    starts,
    decoder: (push) => new PlainDecoder(() => coder(push)),
  };
}

/** Whether the two bytes are those of zlib's header: its method, and a multiple of 31. */
export function startsZlib(head: Uint8Array): boolean | undefined {
  const [first, second] = head;
  if (first === undefined) return undefined;
  if ((first & 15) !== 8 || first >> 4 > 7) return false;
  return second === undefined ? undefined : ((first << 8) | second) % 31 === 0;
}

/** One stream of a coder is one member. */
export class PlainDecoder implements MemberDecoder {
  readonly #make: () => Coder;
  #coder: Coder;
  #ended = false;

  constructor(make: () => Coder) {
    this.#make = make;
    this.#coder = make();
  }

  write(block: Uint8Array, done: MemberDone): void {
    this.#coder.write(block, (failure, used) => {
      this.#ended = failure === undefined && used < block.length;
      done(failure, used, this.#ended);
    });
  }

  restart(): void {
    this.#ended = false;
    this.#coder.destroy();
    this.#coder = this.#make();
  }

  finish(done: (failure: CoderFailure | undefined) => void): void {
    if (this.#ended) done(undefined);
    else this.#coder.finish(done);
  }

  resume(): void {
    this.#coder.resume();
  }

  destroy(): void {
    this.#coder.destroy();
  }
}
