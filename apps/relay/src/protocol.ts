import { AsyncWriteError } from "@aw/core";

/**
 * One upload per connection. The client sends one line of JSON, a header, then the body, then
 * closes its half. The server answers with one line of JSON, a receipt or a refusal.
 */
export interface Header {
  /** What to call the file. */
  name: string;
  encoding: "gzip" | "identity";
}

/** What the server has on its disk. */
export interface Receipt {
  bytes: number;
  sha256: string;
}

/** Why the server took nothing. */
export interface Refusal {
  error: string;
  message: string;
}

/** A header line is never longer than this, in bytes. */
export const MAX_HEADER = 1024;

/** Letters, digits, dot, dash and underscore, not beginning with a dot: never a path. */
const NAME = /^[\w-][\w.-]{0,99}$/;

export function encodeLine(value: Header | Receipt | Refusal): string {
  return `${JSON.stringify(value)}\n`;
}

/** Checks a header of anyone's making. Throws `ERR_AW_PROTOCOL`. */
export function parseHeader(line: string): Header {
  const { name, encoding } = parseLine(line);
  if (typeof name !== "string" || !NAME.test(name)) {
    throw violation("the header has no usable name");
  }
  if (encoding !== "gzip" && encoding !== "identity") {
    throw violation('the encoding must be "gzip" or "identity"');
  }
  return { name, encoding };
}

/** Reads the server's answer; throws its refusal. */
export function parseAnswer(line: string): Receipt {
  const { bytes, sha256, error, message } = parseLine(line);
  if (typeof error === "string")
    throw violation(`the server refused: ${error}: ${String(message)}`);
  if (typeof bytes !== "number" || typeof sha256 !== "string") {
    throw violation("the server's answer is no receipt");
  }
  return { bytes, sha256 };
}

export function violation(message: string): AsyncWriteError {
  return new AsyncWriteError("ERR_AW_PROTOCOL", message);
}

function parseLine(line: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new AsyncWriteError("ERR_AW_PROTOCOL", "a line is not JSON", { cause: error });
  }
  if (typeof value !== "object" || value === null) throw violation("a line is no JSON object");
  return { ...value };
}
