import { buffered, compose, keepOpen, meter, tee, toWriter, type AsyncWrite } from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, CountingWaker, RecordingWriter, turn } from "../instruments.ts";

describe("onFailure", () => {
  it("reaches through a stack of layers that nobody polls, and polls nothing itself", async () => {
    const target = new RecordingWriter();
    const out = compose(target, buffered, meter, keepOpen, toWriter);
    const failures: unknown[] = [];
    out.onFailure((failure) => failures.push(failure));
    target.failNow(new Error("broken"));
    expect(failures).toEqual([]);
    await turn();
    expect(failures).toEqual([expect.objectContaining({ cause: new Error("broken") })]);
    expect(target.calls).toEqual([]);
    expect(out.state).toBe("failed");
  });

  it("leaves no listener below: removed, closed, or failed", async () => {
    for (const end of ["remove", "close", "abort"] as const) {
      const target = new RecordingWriter();
      const out = keepOpen(target);
      const removers = [out.onFailure(() => {}), out.onFailure(() => {})];
      expect(target.failureListeners).toBe(1);
      if (end === "remove") for (const remove of removers) remove();
      else if (end === "close") await out.close();
      else out.abort();
      expect(target.failureListeners).toBe(0);
      for (const remove of removers) remove();
      expect(target.failureListeners).toBe(0);
    }
  });

  it("calls a function as often as it was added", async () => {
    const target = new RecordingWriter();
    let calls = 0;
    const count = (): void => void calls++;
    target.onFailure(count);
    const remove = target.onFailure(count);
    target.onFailure(count);
    remove();
    remove();
    target.failNow(new Error("broken"));
    await turn();
    expect(calls).toBe(2);
  });

  it("calls the others even if one throws, and hides nothing", async () => {
    const target = new RecordingWriter();
    const calls: string[] = [];
    const uncaught = new Promise((resolve) => process.once("uncaughtException", resolve));
    const others = process.listeners("uncaughtException").slice(0, -1);
    for (const other of others) process.off("uncaughtException", other);
    target.onFailure(() => {
      throw new Error("a listener's own");
    });
    target.onFailure(() => calls.push("second"));
    target.failNow(new Error("broken"));
    expect(await uncaught).toEqual(new Error("a listener's own"));
    for (const other of others) process.on("uncaughtException", other);
    expect(calls).toEqual(["second"]);
  });

  it("does without one below", async () => {
    const plain: AsyncWrite = {
      pollWrite: (_waker, buf) => buf.length,
      pollFlush() {},
      pollClose() {},
      pollVectoredWrite: () => 0,
    };
    const out = toWriter(plain);
    const calls: string[] = [];
    out.onFailure(({ code }) => calls.push(code));
    out.abort();
    await turn();
    expect(calls).toEqual(["ERR_AW_ABORTED"]);
  });
});

describe("onFailure of a tee", () => {
  it("is called for the branch that fails", async () => {
    const [a, b] = [new RecordingWriter(), new RecordingWriter()];
    const out = tee(a, b);
    const failed = new Promise((resolve) => out.onFailure(resolve));
    b.failNow(new Error("broken"));
    expect(await failed).toMatchObject({ cause: new Error("broken") });
    expect(out.state).toBe("failed");
    expect([a.failureListeners, b.failureListeners]).toEqual([0, 0]);
  });

  it("is called for the last branch only, if branches are dropped", async () => {
    const [a, b] = [new RecordingWriter(), new RecordingWriter()];
    const out = tee(a, b, { onError: "drop" });
    const failures: unknown[] = [];
    out.onFailure((failure) => failures.push(failure));
    a.failNow(new Error("first"));
    await turn();
    expect(failures).toEqual([]);
    expect(out.writers).toEqual([b]);
    expect(out.pollWrite(new CountingWaker(), bytes("x"))).toBe(1);
    b.failNow(new Error("second"));
    await turn();
    expect(failures).toEqual([expect.objectContaining({ cause: new Error("second") })]);
  });
});
