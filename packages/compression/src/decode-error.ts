import { AsyncWriteError } from "@aw/core";
import type { CoderFailure } from "./coder.ts";

/** The piece of input that was decoded: where it begins in the whole, and its length. */
export interface Piece {
  readonly start: number;
  readonly length: number;
}

/** A failure in the terms of a decoder's user. `who` is the decoder, as it calls itself. */
export function decodeError(
  who: string,
  { kind, message, at, cause }: CoderFailure,
  { start, length }: Piece,
): AsyncWriteError {
  const options = cause === undefined ? {} : { cause };
  switch (kind) {
    case "truncated": {
      const text = `${who}: the input ended after ${start + length} bytes, before ${message}`;
      return new AsyncWriteError("ERR_AW_TRUNCATED", text, options);
    }
    case "limit": {
      const text = `${who}: ${message} if you trust the input`;
      return new AsyncWriteError("ERR_AW_LIMIT", text, options);
    }
    case "failed":
      return new AsyncWriteError("ERR_AW_IO", `${who}: ${message}`, options);
    case "corrupt": {
      const place =
        at === undefined
          ? `between byte ${start} and byte ${start + length}`
          : `at byte ${start + at}`;
      return new AsyncWriteError("ERR_AW_CORRUPT", `${who}: ${message}, ${place}`, options);
    }
  }
}
