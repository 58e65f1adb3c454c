import { memory, PENDING, tee } from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, counted, CountingWaker, RecordingWriter } from "../instruments.ts";

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

  it("aborts all branches, and says what they are", () => {
    const branches = [new RecordingWriter(), new RecordingWriter()] as const;
    const out = tee(...branches);
    expect(String(tee(memory(), memory()))).toBe("tee(memory, memory)");
    out.abort("stop");
    for (const branch of branches) expect(branch.calls).toEqual(["abort stop"]);
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
});
