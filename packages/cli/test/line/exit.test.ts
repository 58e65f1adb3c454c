import { AsyncWriteError, type AsyncWriteErrorCode } from "@aw/core";
import { describe, expect, it } from "vitest";
import { outcomeOf, Silent } from "../../src/line/exit.ts";

const failure = (code: AsyncWriteErrorCode, message: string, cause?: unknown) =>
  new AsyncWriteError(code, message, { cause });

describe("what a failure comes to", () => {
  it("is status 1 and a line, or 2 if the command line makes no sense", () => {
    expect(outcomeOf(failure("ERR_AW_NO_SPACE", "full"))).toEqual({
      status: 1,
      line: "ERR_AW_NO_SPACE: full",
    });
    expect(outcomeOf(failure("ERR_AW_INVALID_ARGUMENT", "what?"))).toEqual({
      status: 2,
      line: "ERR_AW_INVALID_ARGUMENT: what?",
    });
  });

  it("is one line, whatever the message", () => {
    expect(outcomeOf(failure("ERR_AW_IO", "one\r\n\ttwo\n")).line).toMatch(/^ERR_AW_IO: one.+two$/);
  });

  it("is its status alone where nothing is to be said", () => {
    expect(outcomeOf(new Silent(141))).toEqual({ status: 141 });
  });

  it("is thrown if it is not an AsyncWriteError", () => {
    const error = new TypeError("a fault in the program");
    expect(() => outcomeOf(error)).toThrow(error);
  });
});

describe("what was aborted for a reason", () => {
  it("is told by that reason, however deep it is", () => {
    const reason = failure("ERR_AW_TIMEOUT", "too late");
    const aborted = failure("ERR_AW_ABORTED", "outer", failure("ERR_AW_ABORTED", "in", reason));
    expect(outcomeOf(aborted)).toEqual({ status: 1, line: "ERR_AW_TIMEOUT: too late" });
    expect(outcomeOf(failure("ERR_AW_ABORTED", "outer", new Silent(7)))).toEqual({ status: 7 });
  });

  it.each([new Error("of somebody else"), undefined])("%s says so itself", (cause) => {
    const line = "ERR_AW_ABORTED: aborted";
    expect(outcomeOf(failure("ERR_AW_ABORTED", "aborted", cause))).toEqual({ status: 1, line });
  });
});

it("a failure that has a cause, and was not aborted, says what failed", () => {
  const cause = failure("ERR_AW_IO", "deeper");
  const line = "ERR_AW_CORRUPT: no gzip";
  expect(outcomeOf(failure("ERR_AW_CORRUPT", "no gzip", cause))).toEqual({ status: 1, line });
});
