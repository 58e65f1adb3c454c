import { lineBuffered, PENDING } from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, CountingWaker, RecordingWriter } from "../instruments.ts";

const waker = new CountingWaker();

describe("lineBuffered", () => {
  it("passes nothing on before a newline, until flush", async () => {
    const inner = new RecordingWriter();
    const out = lineBuffered(inner);
    await out.writeAll("no newline");
    expect(inner.calls).toEqual([]);
    await out.flush();
    expect(inner.text).toBe("no newline");
  });

  it("passes on through the last newline and keeps the rest", async () => {
    const inner = new RecordingWriter();
    const out = lineBuffered(inner);
    await out.writeAll("0\n1\n2");
    expect(inner.text).toBe("0\n1\n");
    expect(inner.calls).toHaveLength(1);
    await out.writeAll("3\n");
    expect(inner.text).toBe("0\n1\n23\n");
  });

  it("sends a line that was stuck before it takes what has no newline", () => {
    const inner = new RecordingWriter();
    const out = lineBuffered(inner);
    inner.stalled = true;
    expect(out.pollWrite(waker, bytes("line\n"))).toBe(5);
    expect(out.pollWrite(waker, bytes("rest"))).toBe(PENDING);
    inner.release();
    expect(out.pollWrite(waker, bytes("rest"))).toBe(4);
    expect(inner.text).toBe("line\n");
  });

  it("keeps every byte over a 2-byte inner writer that is PENDING every second call", async () => {
    const inner = new RecordingWriter({ maxBytes: 2, pending: true });
    const out = lineBuffered(inner, 8);
    await out.writeAll("a\nlong line that does not fit\nb");
    await out.writeAllVectored([bytes("c\nd"), bytes("\n")]);
    await out.close();
    expect(inner.text).toBe("a\nlong line that does not fit\nbc\nd\n");
  });

  it("accepts a line whose sending fails, and throws at the next poll", () => {
    const inner = new RecordingWriter();
    const out = lineBuffered(inner);
    inner.failNext = new Error("broken");
    expect(out.pollWrite(waker, bytes("line\n"))).toBe(5);
    expect(() => out.pollWrite(waker, bytes("more"))).toThrow("broken");
  });

  it("keeps what has no newline again, once a line that was stuck has left", () => {
    const inner = new RecordingWriter();
    const out = lineBuffered(inner);
    inner.stalled = true;
    expect(out.pollWrite(waker, bytes("line\n"))).toBe(5);
    expect(out.pollWrite(waker, bytes(""))).toBe(0);
    expect(out.pollVectoredWrite(waker, [])).toBe(0);
    inner.release();
    for (const text of ["a", "b", "c"]) expect(out.pollWrite(waker, bytes(text))).toBe(1);
    expect(inner.text).toBe("line\n");
    expect(out.pendingBytes).toBe(3);
  });

  it.each(["stalls", "fails"])(
    "counts the buffers before the one in which the inner writer %s",
    (how) => {
      const inner = new RecordingWriter();
      const out = lineBuffered(inner, 4);
      if (how === "stalls") inner.stalled = true;
      else inner.failNext = new Error("broken");
      expect(out.pollVectoredWrite(waker, [bytes("abc"), bytes("de\n")])).toBe(3);
      if (how === "stalls") {
        expect(out.pollWrite(waker, bytes("de\n"))).toBe(PENDING);
        inner.release();
        expect(out.pollWrite(waker, bytes("de\n"))).toBe(3);
        expect(inner.text).toBe("abcde\n");
      } else {
        expect(() => out.pollWrite(waker, bytes("de\n"))).toThrow("broken");
      }
    },
  );
});
