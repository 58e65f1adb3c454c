import type { Poll } from "../trait/poll.ts";

/**
 * Turns bytes back into messages. What it has not used comes again, with more behind it: it need not keep
 * the start of a message.
 *
 * ```ts
 * import { PENDING, type Decoder } from "@aw/core";
 *
 * // Each message after its length, which is one byte.
 * const decoder: Decoder<Uint8Array> = {
 *   decode(incoming) {
 *     const end = 1 + (incoming.bytes[0] as number);
 *     if (incoming.bytes.length >= end) return incoming.take(end, 1);
 *     incoming.want(end);
 *     return PENDING;
 *   },
 * };
 * ```
 */
export interface Decoder<Message> {
  /**
   * Returns the message at the start of `incoming`, and uses its bytes; `PENDING` if it is not there as a
   * whole. Throws at what can't be one: what it has not used stays unread then.
   */
  decode(incoming: Incoming): Poll<Message>;

  /**
   * Nothing more comes, and every byte was used. Throws if that is inside a message. Only needed by who
   * uses bytes before a message is whole.
   */
  end?(): void;
}

/** What has come and no message has used. */
export interface Incoming {
  /** What is there, at least one byte. To be read only, and valid until `consume`, `take` or the return. */
  readonly bytes: Uint8Array;

  /** How many of the bytes were there at the last call, which answered `PENDING`. */
  readonly seen: number;

  /** The first `end` bytes have been used. */
  consume(end: number): void;

  /**
   * Uses the first `end` bytes, and returns those from `start` on as memory of your own. Large messages
   * that came as a whole are not copied.
   *
   * @param start default: 0
   */
  take(end: number, start?: number): Uint8Array;

  /**
   * Before `PENDING`: how much is wanted, so that no more is copied together than one message takes.
   * Default: whatever comes next.
   *
   * @param length how many bytes are to be there in all, more than are there now; fewer may come
   * @param upTo the byte that ends the message, wherever it stands
   */
  want(length: number, upTo?: number): void;

  /** What messages call the reader: "tcp 127.0.0.1:9443". */
  toString(): string;
}
