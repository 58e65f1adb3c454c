import { beyondLimit } from "../reader/ended-early.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Decoder, Incoming } from "./decoder.ts";

/** Reads messages after their length. */
export class LengthDecoder implements Decoder<Uint8Array> {
  readonly #lengthBytes: number;
  readonly #maxLength: number;
  readonly #littleEndian: boolean;

  constructor(lengthBytes: number, maxLength: number, littleEndian: boolean) {
    this.#lengthBytes = lengthBytes;
    this.#maxLength = maxLength;
    this.#littleEndian = littleEndian;
  }

  decode(incoming: Incoming): Poll<Uint8Array> {
    const start = this.#lengthBytes;
    const { bytes } = incoming;
    if (bytes.length < start) return wait(incoming, start);
    const length = this.#lengthAt(bytes);
    if (length > this.#maxLength) throw beyondLimit(incoming, "a message", this.#maxLength);
    const end = start + length;
    return bytes.length < end ? wait(incoming, end) : incoming.take(end, start);
  }

  #lengthAt(bytes: Uint8Array): number {
    const last = this.#lengthBytes - 1;
    let length = 0;
    for (let index = 0; index <= last; index++) {
      const digit = bytes[this.#littleEndian ? last - index : index] as number;
      length = length * 256 + digit;
    }
    return length;
  }
}

function wait(incoming: Incoming, end: number): typeof PENDING {
  incoming.want(end);
  return PENDING;
}
