import type { CoderFailure } from "./coder.ts";

/** A highly regular input may expand this far, in bytes, before its ratio counts. */
const FREE_OUTPUT = 1024 * 1024;

/** The limits of what a decoder puts out. */
export interface OutputLimits {
  readonly maxOutputBytes: number;
  readonly maxRatio: number;
}

/** What is wrong with `output` bytes made of `input` bytes; undefined if nothing is. */
export function exceeds(
  { maxOutputBytes, maxRatio }: OutputLimits,
  output: number,
  input: number,
): CoderFailure | undefined {
  if (output > maxOutputBytes) {
    const message = `more than ${maxOutputBytes} bytes of output; raise maxOutputBytes`;
    return { kind: "limit", message };
  }
  if (output > FREE_OUTPUT && output > maxRatio * input) {
    const message = `output is more than ${maxRatio} times the input; raise maxRatio`;
    return { kind: "limit", message };
  }
  return undefined;
}
