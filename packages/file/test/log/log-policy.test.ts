import type * as fs from "node:fs";
import { AsyncWriteError } from "@aw/core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { checkPolicy, report, warnAtOnce } from "../../src/log/log-policy.ts";

/** What was written to standard error; a code: what that fails with. */
const written = vi.hoisted(() => ({
  texts: [] as string[],
  failure: undefined as Error | undefined,
}));
vi.mock("node:fs", async (importOriginal) => ({
  ...(await importOriginal<typeof fs>()),
  writeSync(fd: number, text: string) {
    if (written.failure !== undefined) throw written.failure;
    written.texts.push(`${fd} ${text}`);
  },
}));
afterEach(() => {
  vi.restoreAllMocks();
  written.texts = [];
  written.failure = undefined;
});

const FULL = new AsyncWriteError("ERR_AW_NO_SPACE", "write the log: the disk is full");
const warnings = () => vi.spyOn(process, "emitWarning").mockImplementation(() => {});

describe("what went wrong", () => {
  it.each([
    [0, "write the log: the disk is full"],
    [3, "write the log: the disk is full (3 lines lost)"],
  ])("is a warning of the process if nobody asks for it: %i lines lost", (lost, message) => {
    const warned = warnings();
    report({}, FULL, lost);
    expect(warned.mock.calls).toEqual([
      [message, { type: "AsyncWriteWarning", code: "ERR_AW_NO_SPACE" }],
    ]);
  });

  it("is for `onError` alone if there is one", () => {
    const warned = warnings();
    const onError = vi.fn<(error: AsyncWriteError, linesLost: number) => void>();
    report({ onError }, FULL, 3);
    expect([onError.mock.calls, warned.mock.calls]).toEqual([[[FULL, 3]], []]);
  });

  it("is a warning too if `onError` throws, which ends nothing", () => {
    const warned = warnings();
    const onError = (): never => {
      throw new Error("a bug of the user");
    };
    report({ onError }, FULL, 3);
    expect(warned.mock.calls.map(([message]) => message)).toEqual([
      expect.stringMatching(/a bug of the user \(3 lines lost\)$/),
    ]);
  });
});

it.each([{ maxBacklog: -1 }, { maxBacklog: "1 MiB" }, { onError: "log" }, { onerror: () => {} }])(
  "refuses %o",
  (policy) => {
    expect(() => checkPolicy(policy as never)).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
  },
);

it("takes what can be meant", () => {
  checkPolicy({});
  checkPolicy({ maxBacklog: 0, onError: () => {} });
});

// From here on this module takes the process to be ending.
describe("when the process ends", () => {
  it("is written at once: a warning would come too late", () => {
    const warned = warnings();
    warnAtOnce();
    report({}, FULL, 2);
    expect(warned).not.toHaveBeenCalled();
    expect(written.texts).toEqual([
      `2 (node:${process.pid}) AsyncWriteWarning: write the log: the disk is full (2 lines lost)\n`,
    ]);
  });

  it.each(["ERR_AW_BROKEN_PIPE", "ERR_AW_ABORTED"] as const)("is no news: %s", (code) => {
    report({}, new AsyncWriteError(code, "the end"), 1);
    expect(written.texts).toEqual([]);
  });

  it("is known to nobody where standard error is closed, which ends nothing", () => {
    written.failure = new Error("EBADF");
    report({}, FULL, 0);
    expect(written.texts).toEqual([]);
  });
});
