import { memory, PENDING, tee, type AsyncWrite } from "@aw/core";
import { describe, expect, it } from "vitest";
import {
  bytes,
  catchUncaught,
  counted,
  CountingWaker,
  RecordingWriter,
  turn,
} from "../instruments.ts";

const waker = new CountingWaker();

describe("tee", () => {
  it("gives every byte to all, over branches of different speed", async () => {
    const branches = [
      new RecordingWriter({ maxBytes: 2, pending: true }),
      new RecordingWriter(),
      new RecordingWriter({ maxBytes: 7, pending: true }),
    ] as const;
    const out = tee(...branches);
    const sizes = [1, 100, 0, 33];
    for (const size of sizes) await out.writeAll(counted(size));
    await out.flush();
    await out.close();
    for (const branch of branches) {
      expect(branch.received).toEqual(sizes.flatMap((size) => [...counted(size)]));
      expect(branch.calls.filter((call) => call === "close")).toHaveLength(1);
    }
  });

  it("goes at the pace of the slowest, and holds one block at most", () => {
    const slow = new RecordingWriter();
    slow.stalled = true;
    const fast = memory();
    const out = tee(fast, slow);
    const n = out.pollWrite(waker, counted(100_000));
    expect(n).toBe(64 * 1024);
    expect(out.pollWrite(waker, counted(1))).toBe(PENDING);
    expect(fast.length).toBe(64 * 1024);
    slow.release();
    expect(waker.wakes).toBe(1);
    expect(out.pollWrite(waker, counted(1))).toBe(1);
  });

  it("fails with the first failure, and leaves the others as they are", async () => {
    const good = memory();
    const bad = new RecordingWriter();
    const out = tee(good, bad);
    await out.writeAll("a");
    bad.failNext = new Error("broken");
    await out.writeAll("b");
    await expect(out.flush()).rejects.toThrow("broken");
    expect(good.text()).toBe("ab");
    expect(good.state).toBe("open");
  });

  it("goes on without a branch that failed, if told so, until the last fails", async () => {
    const good = new RecordingWriter();
    const bad = new RecordingWriter();
    const out = tee(bad, good, { onError: "drop" });
    await out.writeAll("a");
    bad.failNext = new Error("broken");
    await out.writeAll("b");
    await out.flush();
    expect(out.writers).toEqual([good]);
    expect(good.text).toBe("ab");
    good.failNext = new Error("broken too");
    await expect(out.close()).rejects.toThrow("broken too");
  });

  it("flushes each branch once a flush, and again after a write", async () => {
    const [fast, slow] = [new RecordingWriter(), new RecordingWriter()];
    const out = tee(fast, slow);
    const flushes = (): number[] =>
      [fast, slow].map(({ calls }) => calls.filter((call) => call === "flush").length);
    slow.stalled = true;
    expect(out.pollFlush(waker)).toBe(PENDING);
    expect(out.pollFlush(waker)).toBe(PENDING);
    slow.release();
    expect(out.pollFlush(waker)).toBe(undefined);
    expect(flushes()).toEqual([1, 1]);
    await out.flush();
    expect(flushes()).toEqual([2, 2]);
    slow.stalled = true;
    expect(out.pollFlush(waker)).toBe(PENDING);
    out.pollWrite(waker, bytes("a"));
    slow.release();
    await out.flush();
    expect(flushes()).toEqual([4, 3]);
  });

  it("takes a list of buffers in order, as far as its block goes", () => {
    const target = memory();
    const out = tee(target);
    const bufs = [counted(40_000), bytes(""), counted(40_000).toReversed(), bytes("end")];
    expect(out.pollVectoredWrite(waker, bufs)).toBe(64 * 1024);
    expect(Buffer.compare(target.bytes(), Buffer.concat(bufs).subarray(0, 64 * 1024))).toBe(0);
    expect(out.isVectored).toBe(true);
  });

  it("goes on with what waited for the branch that it drops, and hears of it once", async () => {
    const [good, stuck] = [memory(), new RecordingWriter()];
    const out = tee(stuck, good, { onError: "drop" });
    stuck.stalled = true;
    await out.writeAll("first");
    const waiting = out.writeAll("second");
    stuck.failNow(new Error("broken"));
    await waiting;
    await turn();
    expect([good.text(), out.state]).toEqual(["firstsecond", "open"]);
    // A branch that a poll finds failed says so to its listeners, too.
    const bad = new RecordingWriter();
    const polled = tee(bad, good, { onError: "drop" });
    polled.onFailure(() => {});
    bad.failNext = new Error("broken");
    await polled.writeAll("third");
    await turn();
    expect([polled.state, polled.writers, bad.calls]).toEqual([
      "open",
      [good],
      [expect.stringContaining("abort")],
    ]);
  });

  it("aborts all branches, and says what they are", () => {
    const branches = [new RecordingWriter(), new RecordingWriter()] as const;
    const out = tee(...branches);
    expect(String(tee(memory(), memory()))).toBe("tee(memory, memory)");
    out.abort("stop");
    for (const branch of branches) expect(branch.calls).toEqual(["abort stop"]);
  });

  it("aborts those that can be", () => {
    const uncaught = catchUncaught();
    const polls: AsyncWrite = {
      pollWrite: (_waker, buf) => buf.length,
      pollVectoredWrite: () => 0,
      pollFlush() {},
      pollClose() {},
    };
    const branch = new RecordingWriter();
    const out = tee(polls, branch);
    out.abort("stop");
    expect(branch.calls).toEqual(["abort stop"]);
    expect([out.state, uncaught.stop()]).toEqual(["failed", []]);
  });

  it("refuses to write to nobody", () => {
    expect(() => (tee as (...args: unknown[]) => unknown)()).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
  });

  it("does not keep the caller's buffer", async () => {
    const slow = new RecordingWriter({ maxBytes: 1, pending: true });
    const out = tee(slow);
    const data = bytes("abc");
    out.pollWrite(waker, data);
    data.fill(0);
    await out.close();
    expect(slow.text).toBe("abc");
  });

  it("polls no writer any more once one has failed", async () => {
    const [good, bad] = [new RecordingWriter(), new RecordingWriter()];
    const out = tee(good, bad);
    bad.failNext = new Error("broken");
    await out.writeAll("a").catch(() => {});
    const calls = [...good.calls];
    expect(() => out.pollFlush(waker)).toThrow("broken");
    expect(() => out.pollClose(waker)).toThrow("broken");
    expect(good.calls).toEqual(calls);
  });
});
