import { pollFn, type OperationOptions } from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, RecordingWriter } from "../instruments.ts";

type Call = (writer: RecordingWriter, options: OperationOptions) => Promise<unknown>;

const CALLS: Readonly<Record<string, Call>> = {
  "writeAll of bytes": (writer, options) => writer.writeAll(bytes("a"), options),
  "writeAll of text": (writer, options) => writer.writeAll("a", options),
  "writeAll of nothing": (writer, options) => writer.writeAll("", options),
  write: (writer, options) => writer.write(bytes("a"), options),
  writeVectored: (writer, options) => writer.writeVectored([bytes("a")], options),
  writeAllVectored: (writer, options) => writer.writeAllVectored([bytes("a")], options),
  "writeAllVectored of nothing": (writer, options) => writer.writeAllVectored([], options),
  flush: (writer, options) => writer.flush(options),
  close: (writer, options) => writer.close(options),
  pollFn: (writer, options) => pollFn((waker) => writer.pollFlush(waker), options),
};

const WRONG: readonly [string, unknown, RegExp][] = [
  [
    "a controller for its signal",
    { signal: new AbortController() },
    /signal must be an AbortSignal, got an AbortController/,
  ],
  ["null for a signal", { signal: null }, /signal must be an AbortSignal, got null/],
  ["a time", { signal: 500 }, /signal must be an AbortSignal, got 500/],
  ["a slip of the pen", { singal: AbortSignal.abort() }, /did you mean signal\?/],
  [
    "an option more",
    { signal: new AbortController().signal, timeout: 5 },
    /there is no option "timeout"/,
  ],
  ["a signal for the options", new AbortController().signal, /expected an object of options/],
  ["null for the options", null, /expected an object of options, got null/],
  ["a function for the options", () => {}, /expected an object of options, got a function/],
];

describe.each(Object.entries(CALLS))("%s", (_name, call) => {
  it.each(WRONG)("refuses %s, and touches nothing", async (_what, options, message) => {
    const writer = new RecordingWriter();
    const refused = call(writer, options as OperationOptions);
    await expect(refused).rejects.toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
      message: expect.stringMatching(message) as string,
    });
    expect(writer.calls).toEqual([]);
    expect(writer.state).toBe("open");
    await writer.writeAll("next");
    expect(writer.text).toBe("next");
  });

  it("takes a signal, one of another kind, and none", async () => {
    const alike = {
      aborted: false,
      addEventListener() {},
      removeEventListener() {},
    } as unknown as AbortSignal;
    for (const options of [
      {},
      { signal: undefined },
      { signal: new AbortController().signal },
      { signal: alike },
    ]) {
      const writer = new RecordingWriter({ pending: true });
      await call(writer, options);
      await call(new RecordingWriter(), options);
    }
  });
});
