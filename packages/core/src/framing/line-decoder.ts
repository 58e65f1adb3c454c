import { decodeText } from "../reader/decode-text.ts";
import { beyondLimit } from "../reader/ended-early.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import type { Decoder, Incoming } from "./decoder.ts";

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

/** What {@link LineDecoder} takes for a line, and what it makes of it. */
export interface LineDecoding<Message> {
  /** The max bytes of one line, its end included. */
  readonly maxLength: number;
  /** Whether a carriage return before the newline belongs to the end of the line. */
  readonly crlf: boolean;
  /** Makes the message of a line without its end. */
  parse(line: string, incoming: Incoming): Message;
}

/** Reads lines of UTF-8; each ends with a newline, which is not part of it. */
export class LineDecoder<Message> implements Decoder<Message> {
  readonly #decoding: LineDecoding<Message>;

  constructor(decoding: LineDecoding<Message>) {
    this.#decoding = decoding;
  }

  decode(incoming: Incoming): Poll<Message> {
    const { maxLength, crlf } = this.#decoding;
    const { bytes } = incoming;
    const newline = bytes.indexOf(NEWLINE, incoming.seen);
    const length = newline === -1 ? bytes.length : newline + 1;
    if (length > maxLength) throw beyondLimit(incoming, "a line", maxLength);
    if (newline === -1) {
      // One more than is allowed tells a line that is too long from one that is cut off.
      incoming.want(maxLength + 1, NEWLINE);
      return PENDING;
    }
    const end = crlf && bytes[newline - 1] === CARRIAGE_RETURN ? newline - 1 : newline;
    // First of all, so that a line that is no message stays unread.
    const line = decodeText(incoming, "a line", bytes.subarray(0, end));
    const message = this.#decoding.parse(line, incoming);
    incoming.consume(length);
    return message;
  }
}
