import { getEventListeners } from "node:events";
import { closeSync } from "node:fs";
import { memory, sink } from "@aw/core";
import { temporaryFolder } from "@aw/testing/vitest";
import { afterEach, describe, expect, it } from "vitest";
import { transfer } from "../../src/ends/transfer.ts";
import { brokenPipe, restoreStandardOutput, standardOutputIs } from "../standard-output.ts";

const folder = temporaryFolder();
const text = (value: string): Uint8Array => Buffer.from(value);

/** Chunks, and then this. */
async function* chunks(then: () => Promise<void> | void = () => {}): AsyncGenerator<Uint8Array> {
  yield text("one ");
  yield text("two");
  await then();
}

/** How many wait for a signal to fire. */
const waiting = (signal: AbortSignal) => getEventListeners(signal, "abort").length;

describe("a transfer", () => {
  it("writes all and closes, and forgets the signal", async () => {
    const out = memory();
    const { signal } = new AbortController();
    await transfer(chunks(), out, signal);
    expect([out.text(), out.state, waiting(signal)]).toEqual(["one two", "closed", 0]);
  });

  it("whose source fails aborts the writer, and forgets the signal", async () => {
    const out = memory();
    const { signal } = new AbortController();
    const error = new Error("the disk is gone");
    const failed = transfer(
      chunks(() => Promise.reject(error)),
      out,
      signal,
    );
    await expect(failed).rejects.toThrow("the disk is gone");
    expect([out.state, waiting(signal)]).toEqual(["failed", 0]);
  });

  it("tells the timer that something moves, and that nothing more is to come", async () => {
    const calls: string[] = [];
    const idle = {
      moved: () => void calls.push("moved"),
      stop: () => void calls.push("stopped"),
      [Symbol.dispose]: () => {},
    };
    await transfer(chunks(), sink(), new AbortController().signal, idle);
    expect(calls).toEqual(["moved", "moved", "stopped"]);
  });
});

describe("a signal", () => {
  it("that has fired aborts the writer before anything is written", async () => {
    const out = memory();
    const signal = AbortSignal.abort(new Error("not now"));
    const failed = transfer(chunks(), out, signal);
    await expect(failed).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: signal.reason });
    expect([out.text(), out.state]).toEqual(["", "failed"]);
  });

  it("that fires aborts what goes on", async () => {
    const out = memory();
    const stop = new AbortController();
    const reason = new Error("enough");
    const endless = chunks(() => {
      stop.abort(reason);
      return new Promise(() => {});
    });
    const failed = transfer(endless, out, stop.signal);
    await expect(failed).rejects.toMatchObject({ cause: reason });
    expect([out.text(), out.state, waiting(stop.signal)]).toEqual(["one two", "failed", 0]);
  });
});

describe("to a standard output that nobody reads", () => {
  afterEach(restoreStandardOutput);

  it("ends with the status of SIGPIPE", async () => {
    const fd = brokenPipe(folder.at("pipe"));
    standardOutputIs(fd);
    const { transfer: toOutput } = await import("../../src/ends/transfer.ts");
    const { standardOutput } = await import("../../src/ends/standard-output.ts");
    const failed = toOutput(chunks(), await standardOutput(), new AbortController().signal);
    await expect(failed).rejects.toMatchObject({ status: 141 });
    closeSync(fd);
  });
});
