import { describe } from "../trait/describe.ts";
import { AsyncWriteError } from "../trait/error.ts";

/** The error for a reader that ended before what was asked for was there. What came stays unread. */
export function endedEarly(reader: object, wanted: string, available: number): AsyncWriteError {
  return new AsyncWriteError(
    "ERR_AW_TRUNCATED",
    `${describe(reader)}: ended after ${available} more bytes, before ${wanted}`,
  );
}

/** The error for more bytes than were allowed. They stay unread. */
export function beyondLimit(reader: object, what: string, max: number): AsyncWriteError {
  return new AsyncWriteError(
    "ERR_AW_LIMIT",
    `${describe(reader)}: ${what} takes more than ${max} bytes`,
  );
}
