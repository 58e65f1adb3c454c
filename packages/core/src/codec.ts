import { encode } from "./bytes.ts";
import { AsyncWriteError } from "./error.ts";

/** Turns messages into bytes. */
export interface Codec<Message> {
  /** What it is called in `toString`. */
  readonly name: string;
  /** The bytes of one message, in parts. Throws if it can't be sent, before any byte is. */
  encode(message: Message): readonly Uint8Array[];
}

export interface LengthDelimitedOptions {
  /** The most bytes of one message. Default: 8 MiB. */
  maxLength?: number | undefined;
  /** How many bytes the length takes. Default: 4. */
  lengthBytes?: 1 | 2 | 4 | undefined;
  /** Which end of the length comes first. Default: "big", as on most wires. */
  endian?: "big" | "little" | undefined;
}

/** Each message after its length in bytes, as an unsigned integer. */
export function lengthDelimited(options: LengthDelimitedOptions = {}): Codec<Uint8Array> {
  const { maxLength = 8 << 20, lengthBytes = 4, endian = "big" } = options;
  if (lengthBytes !== 1 && lengthBytes !== 2 && lengthBytes !== 4) {
    throw invalid(`lengthBytes must be 1, 2 or 4, got ${String(lengthBytes)}`);
  }
  const most = Math.min(maxLength, 2 ** (8 * lengthBytes) - 1);
  return {
    name: "lengthDelimited",
    encode(message) {
      checkLength(message.length, most);
      const head = new Uint8Array(lengthBytes);
      for (let index = 0; index < lengthBytes; index++) {
        const at = endian === "little" ? index : lengthBytes - 1 - index;
        head[at] = (message.length >>> (8 * index)) & 0xff;
      }
      return [head, message];
    },
  };
}

export interface LinesOptions {
  /** The most bytes of one line, its newline included. Default: no limit. */
  maxLength?: number | undefined;
}

/** Each message a line of UTF-8. A message with a newline inside is refused. */
export function lines(options: LinesOptions = {}): Codec<string> {
  const { maxLength = Number.POSITIVE_INFINITY } = options;
  return {
    name: "lines",
    encode(message) {
      if (message.includes("\n")) throw invalid("a line must not have a newline inside");
      const bytes = encode(`${message}\n`);
      checkLength(bytes.length, maxLength);
      return [bytes];
    },
  };
}

/** Each message a line of JSON. What JSON has no text for (undefined, a function) is refused. */
export function ndjson<Message>(options: LinesOptions = {}): Codec<Message> {
  const { maxLength = Number.POSITIVE_INFINITY } = options;
  return {
    name: "ndjson",
    encode(message) {
      const json = toJson(message);
      const bytes = encode(`${json}\n`);
      checkLength(bytes.length, maxLength);
      return [bytes];
    },
  };
}

function toJson(message: unknown): string {
  let json: string | undefined;
  try {
    json = JSON.stringify(message);
  } catch (error) {
    throw invalid("the message can't be written as JSON", error);
  }
  if (json === undefined) throw invalid(`JSON has no text for ${typeof message}`);
  return json;
}

function checkLength(length: number, most: number): void {
  if (length <= most) return;
  throw new AsyncWriteError("ERR_AW_LIMIT", `the message takes ${length} bytes, more than ${most}`);
}

function invalid(message: string, cause?: unknown): AsyncWriteError {
  const options = cause === undefined ? {} : { cause };
  return new AsyncWriteError("ERR_AW_INVALID_ARGUMENT", message, options);
}
