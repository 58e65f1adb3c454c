import type { CoderFailure, MakeCoder, Push } from "./coder.ts";

/** Answers a piece of input: what went wrong, how many bytes were used, whether that was the end. */
export type MemberDone = (failure: CoderFailure | undefined, used: number, ended: boolean) => void;

/** Decodes one member, frame or stream. One call at a time. */
export interface Member {
  /** Takes some of `block`, at least one byte unless that was the end. */
  write(block: Uint8Array, done: MemberDone): void;
  /** No more input: fails unless the member is complete. */
  finish(done: (failure: CoderFailure | undefined) => void): void;
  resume(): void;
  destroy(): void;
}

/** A format that can be decoded. */
export interface Format {
  readonly name: string;
  /** Whether one member may follow another. */
  readonly repeats: boolean;
  /** Whether zero bytes after the end are no garbage. */
  readonly padding: boolean;
  /** Whether a member starts with these bytes; undefined if it takes more to tell. */
  starts(head: Uint8Array): boolean | undefined;
  begin(push: Push): Member;
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
    begin: (push) => new PlainMember(coder(push)),
  };
}

/** Whether the two bytes are those of zlib's header: its method, and a multiple of 31. */
export function startsZlib(head: Uint8Array): boolean | undefined {
  const [first, second] = head;
  if (first === undefined) return undefined;
  if ((first & 15) !== 8 || first >> 4 > 7) return false;
  return second === undefined ? undefined : ((first << 8) | second) % 31 === 0;
}

class PlainMember implements Member {
  readonly #coder: ReturnType<MakeCoder>;

  constructor(coder: ReturnType<MakeCoder>) {
    this.#coder = coder;
  }

  write(block: Uint8Array, done: MemberDone): void {
    this.#coder.write(block, (failure, used) => done(failure, used, used < block.length));
  }

  finish(done: (failure: CoderFailure | undefined) => void): void {
    this.#coder.finish(done);
  }

  resume(): void {
    this.#coder.resume();
  }

  destroy(): void {
    this.#coder.destroy();
  }
}
