import { describe } from "../../trait/describe.ts";
import { AsyncWriteError } from "../../trait/error.ts";

/** How many more bytes may pass. */
export class Quota {
  remaining: number;
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.remaining = maxBytes;
  }

  /** @param what what became of the bytes: "were written" */
  exceeded(owner: object, what: string): AsyncWriteError {
    const message = `${describe(owner)}: more than ${this.#maxBytes} bytes ${what}`;
    return new AsyncWriteError("ERR_AW_LIMIT", message);
  }
}
