import * as core from "@aw/core";
import { toWriter, AsyncWriteError, ERROR_CODES } from "@aw/core";
import { describe, expect, it } from "vitest";

describe("AsyncWriteError", () => {
  it("has a closed list of codes", () => {
    expect(ERROR_CODES).toEqual([
      "ERR_AW_CLOSED",
      "ERR_AW_ABORTED",
      "ERR_AW_WRITE_ZERO",
      "ERR_AW_TIMEOUT",
      "ERR_AW_BROKEN_PIPE",
      "ERR_AW_CONNECTION_RESET",
      "ERR_AW_CONNECT",
      "ERR_AW_NO_SPACE",
      "ERR_AW_IO",
      "ERR_AW_PROTOCOL",
      "ERR_AW_CORRUPT",
      "ERR_AW_TRUNCATED",
      "ERR_AW_LIMIT",
      "ERR_AW_TLS",
      "ERR_AW_INVALID_ARGUMENT",
      "ERR_AW_UNSUPPORTED",
    ]);
  });

  it.each([
    ["ABORT_ERR", "ERR_AW_ABORTED"],
    ["EPIPE", "ERR_AW_BROKEN_PIPE"],
    ["ERR_STREAM_DESTROYED", "ERR_AW_BROKEN_PIPE"],
    ["ERR_STREAM_PREMATURE_CLOSE", "ERR_AW_BROKEN_PIPE"],
    ["ERR_SOCKET_CLOSED", "ERR_AW_BROKEN_PIPE"],
    ["ECONNRESET", "ERR_AW_CONNECTION_RESET"],
    ["ECONNABORTED", "ERR_AW_CONNECTION_RESET"],
    ["ECONNREFUSED", "ERR_AW_CONNECT"],
    ["EHOSTUNREACH", "ERR_AW_CONNECT"],
    ["ENETUNREACH", "ERR_AW_CONNECT"],
    ["ENOTFOUND", "ERR_AW_CONNECT"],
    ["EAI_AGAIN", "ERR_AW_CONNECT"],
    ["ETIMEDOUT", "ERR_AW_TIMEOUT"],
    ["ENOSPC", "ERR_AW_NO_SPACE"],
    ["EDQUOT", "ERR_AW_NO_SPACE"],
    ["EFBIG", "ERR_AW_NO_SPACE"],
    ["EIO", "ERR_AW_IO"],
    ["toString", "ERR_AW_IO"],
    ["__proto__", "ERR_AW_IO"],
  ])("from %s is %s, with the original as cause", (code, expected) => {
    const cause = Object.assign(new Error("write failed"), { code });
    const error = AsyncWriteError.from(cause, "tcp 127.0.0.1:1");
    expect(error).toMatchObject({ code: expected, cause });
    expect(error.message).toBe("tcp 127.0.0.1:1: write failed");
  });

  it.each([
    ["UNKNOWN", -122, "ERR_AW_NO_SPACE"],
    ["Unknown system error -122", -122, "ERR_AW_NO_SPACE"],
    ["UNKNOWN", -5, "ERR_AW_IO"],
    ["UNKNOWN", undefined, "ERR_AW_IO"],
    ["EIO", -122, "ERR_AW_IO"],
    [5, -122, "ERR_AW_IO"],
    [Symbol("UNKNOWN"), -122, "ERR_AW_IO"],
  ])("knows a full quota by its number where it has no name: %o %s", (code, errno, expected) => {
    const error = AsyncWriteError.from(Object.assign(new Error("write"), { code, errno }));
    expect(error.code).toBe(expected);
  });

  it("from itself is itself, from anything else an I/O error", () => {
    const error = new AsyncWriteError("ERR_AW_LIMIT", "too much");
    expect(AsyncWriteError.from(error)).toBe(error);
    for (const value of ["text", null, undefined, 7, {}]) {
      expect(AsyncWriteError.from(value)).toMatchObject({ code: "ERR_AW_IO", cause: value });
    }
  });

  it.each([
    ["an object without a prototype", Object.create(null)],
    [
      "one whose toString throws",
      {
        toString() {
          throw new Error("no text");
        },
      },
    ],
  ])("has a message of its own for %s", (_name, value) => {
    const error = AsyncWriteError.from(value, "file x");
    expect(error).toMatchObject({ code: "ERR_AW_IO", cause: value });
    expect(error.message).toMatch(/^file x: .*without text/);
  });

  it("is an AbortError where people test for one", () => {
    const abort = AsyncWriteError.from(new DOMException("stop", "AbortError"));
    expect(abort).toMatchObject({ code: "ERR_AW_ABORTED", name: "AbortError" });
  });

  it("is known across copies of the package", () => {
    class AnotherCopy extends Error {}
    Object.defineProperty(AnotherCopy.prototype, Symbol.for("@aw/AsyncWriteError"), {
      value: true,
    });
    expect(AsyncWriteError.is(new AnotherCopy())).toBe(true);
    expect(AsyncWriteError.is(new Error("plain"))).toBe(false);
    expect(new AnotherCopy()).toBeInstanceOf(AsyncWriteError);
    expect(new Error("plain")).not.toBeInstanceOf(AsyncWriteError);
  });

  it("leaves instanceof of classes that extend it to them", () => {
    class Own extends AsyncWriteError {}
    expect(new Own("ERR_AW_IO", "own")).toBeInstanceOf(Own);
    expect(new Own("ERR_AW_IO", "own")).toBeInstanceOf(AsyncWriteError);
    expect(new AsyncWriteError("ERR_AW_IO", "not own")).not.toBeInstanceOf(Own);
  });

  it("keeps an empty cause apart from none", () => {
    expect("cause" in new AsyncWriteError("ERR_AW_ABORTED", "x", { cause: undefined })).toBe(true);
    expect("cause" in new AsyncWriteError("ERR_AW_CLOSED", "x")).toBe(false);
  });
});

describe("the waiting symbol", () => {
  it("is shared by all copies of the package", () => {
    expect(core.PENDING).toBe(Symbol.for("@aw/PENDING"));
  });

  it("prints no control character of whoever it quotes, on one line", () => {
    const evil = "\u001b[2J\u0007a\r\nERROR forged\t\u009b31m\u2028\u007f";
    const escaped = String.raw`\u001b[2J\u0007a\r\nERROR forged\t\u009b31m\u2028\u007f`;
    expect(new AsyncWriteError("ERR_AW_TLS", evil).message).toBe(escaped);
    const cause = new Error(evil);
    const error = AsyncWriteError.from(cause, "connect \u001b");
    expect(error.message).toBe(String.raw`connect \u001b: ${escaped}`);
    expect(error.cause).toBe(cause);
    expect(error.withBytesWritten(3).message).toBe(error.message);
  });
});

it.each(["UNKNOWN", "Unknown system error -122"])(
  "knows the exceeded quota of Linux, which Node calls %s",
  (code) => {
    const error = Object.assign(new Error(code), { code, errno: -122 });
    expect(AsyncWriteError.from(error).code).toBe("ERR_AW_NO_SPACE");
    expect(AsyncWriteError.from(Object.assign(error, { errno: -1 })).code).toBe("ERR_AW_IO");
  },
);

it.each([
  ["an object without a prototype", Object.create(null) as object],
  [
    "an object whose toString throws",
    {
      toString: () => {
        throw new Error("no text");
      },
    },
  ],
  ["a symbol", Symbol("s")],
])("makes a failure of whatever was thrown: %s", async (_name, thrown) => {
  const pollWrite = (): never => {
    throw thrown;
  };
  const out = toWriter({ pollWrite, pollVectoredWrite: pollWrite, pollFlush() {}, pollClose() {} });
  const failure: unknown = await out.writeAll("x").catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "ERR_AW_IO" });
  expect((failure as Error).cause).toBe(thrown);
  expect(out.state).toBe("failed");
});
