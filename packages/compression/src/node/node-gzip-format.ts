import type { CoderFailure, Push } from "../coder.ts";
import { PlainDecoder, type Format, type MemberDecoder, type MemberDone } from "../format.ts";
import { GzipDecoder, gzipFormat, type OnHeader } from "../gzip-format.ts";
import { GzipHeaderParser } from "../gzip-header-parser.ts";
import { crc32, gunzipCoder, memberInflater } from "./zlib-coders.ts";

/** What every member begins with. */
const FIRST_BYTE = 0x1f;

/**
 * gzip on Node, in one of two ways. To count what comes after the end, each member has to be decoded by
 * itself; else zlib gets them all.
 */
export function nodeGzipFormat(countsTrailing: boolean, onHeader: OnHeader = () => {}): Format {
  return gzipFormat((push) =>
    countsTrailing
      ? new GzipDecoder(memberInflater, crc32, push, onHeader)
      : new JoinedGzipDecoder(push, onHeader),
  );
}

/**
 * Members in a row by zlib's own gunzip, up to the end or to a zero byte after one. To the engine they are
 * one long member.
 */
class JoinedGzipDecoder implements MemberDecoder {
  readonly #members: PlainDecoder;
  /** Reads along in the first header: its errors say where they are, and zlib keeps its fields to itself. */
  readonly #parser = new GzipHeaderParser(crc32);
  readonly #onHeader: OnHeader;
  #lastByte = 0;

  constructor(push: Push, onHeader: OnHeader) {
    // One byte of a header that was cut off is not garbage.
    const make = gunzipCoder((it) => isWrongHeader(it) && this.#lastByte !== FIRST_BYTE);
    this.#members = new PlainDecoder(() => make(push));
    this.#onHeader = onHeader;
  }

  write(block: Uint8Array, done: MemberDone): void {
    if (!this.#parser.done) {
      const read = this.#parser.read(block);
      if (typeof read !== "number") return done(read, 0, false);
      if (this.#parser.done) this.#onHeader(this.#parser.header);
    }
    this.#lastByte = block[block.length - 1] ?? this.#lastByte;
    this.#members.write(block, (failure, used, ended) => {
      done(failure && explained(failure), used, ended);
    });
  }

  restart(): void {
    this.#members.restart();
  }

  finish(done: (failure: CoderFailure | undefined) => void): void {
    this.#members.finish((failure) => done(failure && explained(failure)));
  }

  resume(): void {
    this.#members.resume();
  }

  destroy(): void {
    this.#members.destroy();
  }
}

function isWrongHeader({ message }: CoderFailure): boolean {
  return message === "incorrect header check";
}

/** The first header has been read: one that zlib finds wrong is what follows a member. */
function explained(failure: CoderFailure): CoderFailure {
  return isWrongHeader(failure)
    ? { ...failure, message: "there is garbage after the end" }
    : failure;
}
