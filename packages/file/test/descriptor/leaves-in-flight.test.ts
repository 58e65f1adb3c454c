import { AsyncWriteError } from "@aw/core";
import { expect, it } from "vitest";
import { leavesInFlight } from "../../src/descriptor/leaves-in-flight.ts";

const cause = new Error("of the system");

it.each([
  [true, new AsyncWriteError("ERR_AW_TIMEOUT", "it takes too long")],
  [true, new AsyncWriteError("ERR_AW_UNSUPPORTED", "it can't be waited for")],
  [false, new AsyncWriteError("ERR_AW_IO", "it has failed")],
  // The system said so: the write is over.
  [false, new AsyncWriteError("ERR_AW_TIMEOUT", "a share does not answer", { cause })],
  [false, new AsyncWriteError("ERR_AW_UNSUPPORTED", "not here", { cause })],
  [false, Object.assign(new Error("ETIMEDOUT"), { code: "ETIMEDOUT" })],
  [false, undefined],
])("%s of %s", (expected, error) => {
  expect(leavesInFlight(error)).toBe(expected);
});
