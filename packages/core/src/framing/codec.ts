import { checkOptions } from "../options/check-options.ts";
import { oneOf, POSITIVE_COUNT, type Schema } from "../options/rules.ts";
import { invalidArgument } from "../trait/invalid-argument.ts";
import { encode } from "../slab/bytes.ts";
import { checkLength, violation } from "./codec-errors.ts";
import type { Decoder, Incoming } from "./decoder.ts";
import { LengthDecoder } from "./length-decoder.ts";
import { LineDecoder } from "./line-decoder.ts";

/** Turns messages into bytes, and back. */
export interface Codec<Message> {
  /** What it is called in `toString`. */
  readonly name: string;
  /** The bytes of one message, in parts. Throws if it can't be sent, before any byte is. */
  encode(message: Message): readonly Uint8Array[];
  /**
   * The same as text, where all messages are that: it is encoded in the memory that it is sent from. Have it
   * where `encode` would encode a string.
   */
  encodeText?(message: Message): string;
  /** Begins to read one stream, for `unframed`. Leave it out if there is nothing to read. */
  decoder?(): Decoder<Message>;
}

/** The max bytes of one message, unless said otherwise: what comes is held until it is whole. */
const DEFAULT_MAX_LENGTH = 8 << 20;

/** The form of the lengths of {@link lengthDelimited}, and the longest message. */
export interface LengthDelimitedOptions {
  /** The max bytes of one message. Default: 8 MiB. */
  maxLength?: number | undefined;
  /** How many bytes the length takes. Default: 4. */
  lengthBytes?: 1 | 2 | 4 | undefined;
  /** Which end of the length comes first. Default: "big", as on most wires. */
  endian?: "big" | "little" | undefined;
}

const LENGTH_DELIMITED: Schema<LengthDelimitedOptions> = {
  maxLength: POSITIVE_COUNT,
  lengthBytes: oneOf(1, 2, 4),
  endian: oneOf("big", "little"),
};

/**
 * Each message after its length in bytes, as an unsigned integer.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` for an option that can't be meant; its codec refuses
 * a message longer than maxLength with `ERR_AW_LIMIT`
 */
export function lengthDelimited(options: LengthDelimitedOptions = {}): Codec<Uint8Array> {
  checkOptions("lengthDelimited", options, LENGTH_DELIMITED);
  const { maxLength = DEFAULT_MAX_LENGTH, lengthBytes = 4, endian = "big" } = options;
  const max = Math.min(maxLength, 2 ** (8 * lengthBytes) - 1);
  return {
    name: "lengthDelimited",
    encode(message) {
      checkLength(message.length, max);
      const head = new Uint8Array(lengthBytes);
      for (let index = 0; index < lengthBytes; index++) {
        const at = endian === "little" ? index : lengthBytes - 1 - index;
        head[at] = (message.length >>> (8 * index)) & 0xff;
      }
      return [head, message];
    },
    decoder: () => new LengthDecoder(lengthBytes, max, endian === "little"),
  };
}

/** The longest line of {@link ndjson}. */
export interface NdjsonOptions {
  /** The max bytes of one line, its newline included. Default: 8 MiB. */
  maxLength?: number | undefined;
}

/** The longest line of {@link lines}, and what ends one. */
export interface LinesOptions extends NdjsonOptions {
  /**
   * What ends a line that is sent. With "\r\n" a carriage return before the newline is not part of a line
   * that is read; a newline alone ends one, too. Default: "\n".
   */
  newline?: "\n" | "\r\n" | undefined;
}

const NDJSON: Schema<NdjsonOptions> = { maxLength: POSITIVE_COUNT };

const LINES: Schema<LinesOptions> = { ...NDJSON, newline: oneOf("\n", "\r\n") };

/**
 * Each message a line of UTF-8. A message with a newline inside is refused.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` for an option that can't be meant; its codec refuses
 * a line longer than maxLength with `ERR_AW_LIMIT`
 */
export function lines(options: LinesOptions = {}): Codec<string> {
  checkOptions("lines", options, LINES);
  const { maxLength = DEFAULT_MAX_LENGTH, newline = "\n" } = options;
  const crlf = newline === "\r\n";
  const encodeText = (message: string): string => {
    if (message.includes("\n")) throw invalidArgument("a line must not have a newline inside");
    return checkText(message + newline, maxLength);
  };
  return {
    name: "lines",
    encode: (message) => [encode(encodeText(message))],
    encodeText,
    decoder: () => new LineDecoder({ maxLength, crlf, parse: (line) => line }),
  };
}

/**
 * Each message a line of JSON. What JSON has no text for (undefined, a function) is refused. What is
 * read is a `Message` because you say so: check what a stranger sends.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` for an option that can't be meant; its codec refuses
 * a line longer than maxLength with `ERR_AW_LIMIT`
 */
export function ndjson<Message>(options: NdjsonOptions = {}): Codec<Message> {
  checkOptions("ndjson", options, NDJSON);
  const { maxLength = DEFAULT_MAX_LENGTH } = options;
  const encodeText = (message: Message): string => checkText(`${toJson(message)}\n`, maxLength);
  return {
    name: "ndjson",
    encode: (message) => [encode(encodeText(message))],
    encodeText,
    decoder: () =>
      new LineDecoder<Message>({
        maxLength,
        crlf: false,
        parse: (line, incoming) => fromJson(line, incoming) as Message,
      }),
  };
}

/** The text, if it takes at most so many bytes. */
function checkText(text: string, maxLength: number): string {
  // A UTF-16 code unit takes 3 bytes at most: what is surely short enough is not measured.
  if (text.length * 3 > maxLength) checkLength(encode(text).length, maxLength);
  return text;
}

function fromJson(line: string, incoming: Incoming): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw violation(`${incoming}: a line is not JSON`, error);
  }
}

function toJson(message: unknown): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(message);
  } catch (error) {
    throw invalidArgument("the message can't be written as JSON", error);
  }
  if (json === undefined) throw invalidArgument(`JSON has no text for ${typeof message}`);
  return json;
}
