import { AsyncWriteError, buffered, cursor, memory, PENDING } from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, CountingWaker, counted, RecordingWriter } from "../instruments.ts";

const waker = new CountingWaker();

describe("buffered", () => {
  it("gathers without flushing, and the next byte pushes the full buffer on", () => {
    const inner = new RecordingWriter();
    const out = buffered(inner, 2);
    expect(out.pollWrite(waker, bytes("a"))).toBe(1);
    expect(out.pollWrite(waker, bytes("b"))).toBe(1);
    expect(inner.calls).toEqual([]);
    expect(out.pollWrite(waker, bytes("c"))).toBe(1);
    expect(inner.calls).toEqual(["write 2"]);
    expect(out.pendingBytes).toBe(1);
  });

  it("lets a write of at least its capacity bypass the empty buffer", () => {
    const inner = new RecordingWriter();
    const out = buffered(inner, 2);
    out.pollWrite(waker, bytes("ab"));
    expect(inner.calls).toEqual(["write 2"]);
    expect(out.pendingBytes).toBe(0);
  });

  it("keeps the order when a large write follows gathered ones", () => {
    const inner = new RecordingWriter();
    const out = buffered(inner, 2);
    out.pollWrite(waker, bytes("a"));
    out.pollWrite(waker, bytes("bc"));
    expect(inner.calls).toEqual(["write 1", "write 2"]);
    expect(inner.text).toBe("abc");
  });

  it("passes every write of a byte on with capacity 0", () => {
    const inner = new RecordingWriter();
    const out = buffered(inner, 0);
    out.pollWrite(waker, bytes("a"));
    expect(out.pollWrite(waker, bytes(""))).toBe(0);
    out.pollWrite(waker, bytes("bc"));
    expect(inner.calls).toEqual(["write 1", "write 2"]);
  });

  it("never holds more than its capacity", () => {
    const inner = new RecordingWriter();
    inner.stalled = true;
    const out = buffered(inner, 8);
    let accepted = 0;
    for (;;) {
      const n = out.pollWrite(waker, counted(3));
      if (n === PENDING) break;
      accepted += n;
    }
    expect(accepted).toBe(6);
    expect(out.pendingBytes).toBe(6);
  });

  it.each([1, 2, 3, 7, 64])(
    "is byte-exact over a %i-byte inner writer that is PENDING every second call",
    async (size) => {
      const inner = new RecordingWriter({ maxBytes: size, pending: true });
      const out = buffered(inner, 16);
      for (const length of [1, 5, 15, 16, 17, 40, 0, 3]) await out.writeAll(counted(length));
      await out.close();
      const expected = [1, 5, 15, 16, 17, 40, 0, 3].flatMap((length) => [...counted(length)]);
      expect(inner.received).toEqual(expected);
      expect(inner.calls.filter((call) => call === "close")).toHaveLength(1);
    },
  );

  it("wakes through the inner writer when room comes back", async () => {
    const inner = new RecordingWriter();
    inner.stalled = true;
    const out = buffered(inner, 4);
    await out.writeAll(bytes("abc"));
    const pending = out.writeAll(bytes("def"));
    inner.release();
    await pending;
    await out.flush();
    expect(inner.text).toBe("abcdef");
  });

  it("accepts nothing more once what it could not pass on has failed", () => {
    const inner = new RecordingWriter();
    const out = buffered(inner, 8);
    out.pollWrite(waker, bytes("a"));
    inner.stalled = true;
    expect(out.pollFlush(waker)).toBe(PENDING);
    inner.failNow(new Error("broken"));
    expect(() => out.pollWrite(waker, bytes("b"))).toThrow("broken");
  });

  it("keeps the unsent suffix when the inner writer fails while draining", async () => {
    const inner = new RecordingWriter({ maxBytes: 2 });
    inner.stalled = true;
    const out = buffered(inner, 8);
    await out.writeAll(bytes("abcdef"));
    const pending = out.flush();
    inner.failNext = new Error("the disk is gone");
    inner.release();
    await expect(pending).rejects.toThrow("the disk is gone");
    expect(out.pendingBytes).toBe(6);
    expect(new TextDecoder().decode(out.intoParts().unsent)).toBe("abcdef");
  });

  it("gives back the inner writer and the unsent bytes, and leaves the inner writer open", () => {
    const inner = new RecordingWriter();
    const out = buffered(inner, 8);
    out.pollWrite(waker, bytes("abc"));
    const parts = out.intoParts();
    expect(parts.inner).toBe(inner);
    expect(new TextDecoder().decode(parts.unsent)).toBe("abc");
    expect(inner.state).toBe("open");
    expect(() => out.pollWrite(waker, bytes("d"))).toThrow(AsyncWriteError);
  });

  it("passes a large vectored write to a vectored inner writer as one call", async () => {
    const inner = memory();
    const out = buffered(inner, 4);
    await out.writeAllVectored([bytes("ab"), bytes(""), bytes("cdef")]);
    expect(inner.text()).toBe("abcdef");
    await out.writeAllVectored([bytes("g"), bytes("h")]);
    expect(out.pendingBytes).toBe(2);
  });

  it("gathers whole buffers that fit over an inner writer that is not vectored", () => {
    const inner = new RecordingWriter();
    const out = buffered(inner, 4);
    expect(out.pollVectoredWrite(waker, [bytes("ab"), bytes(""), bytes("c"), bytes("de")])).toBe(3);
    expect(inner.calls).toEqual([]);
  });

  it("fails with WRITE_ZERO over an inner writer that is full, and keeps what fitted", async () => {
    const target = new Uint8Array(3);
    const out = buffered(cursor(target), 8);
    await out.writeAll(bytes("abcdef"));
    await expect(out.flush()).rejects.toMatchObject({ code: "ERR_AW_WRITE_ZERO" });
    expect(new TextDecoder().decode(target)).toBe("abc");
  });

  it("encodes text in place, the same bytes as TextEncoder", async () => {
    const inner = memory();
    const out = buffered(inner, 64);
    const text = "ascii, é, 漢字, 😀, lone \ud800 surrogate";
    for (let round = 0; round < 20; round++) await out.writeAll(text);
    await out.close();
    const once = new TextEncoder().encode(text);
    expect(inner.bytes()).toEqual(
      new Uint8Array(Array.from({ length: 20 }, () => [...once]).flat()),
    );
  });

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "refuses a capacity of %d",
    (capacity) => {
      expect(() => buffered(memory(), capacity)).toThrow(
        expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
      );
    },
  );

  it("takes no text after close, as no bytes", async () => {
    const out = buffered(memory());
    await out.close();
    await expect(out.writeAll("text")).rejects.toMatchObject({ code: "ERR_AW_CLOSED" });
    expect(out.pendingBytes).toBe(0);
  });

  it("says what it is made of", () => {
    expect(String(buffered(memory()))).toBe("buffered(64 KiB) > memory");
  });

  it.each([0, 1, 4, 8])(
    "keeps vectored writes in order with a capacity of %d",
    async (capacity) => {
      for (const pending of [false, true]) {
        const inner = new RecordingWriter({ maxBytes: 3, pending });
        const out = buffered(inner, capacity);
        const parts = [counted(1), counted(10), counted(2), counted(4), counted(0), counted(9)];
        await out.writeAllVectored(parts);
        await out.writeAllVectored([counted(8), counted(3)]);
        await out.close();
        const all = [...parts, counted(8), counted(3)];
        expect(inner.received).toEqual(all.flatMap((part) => [...part]));
      }
    },
  );

  it("holds nothing once it was aborted", async () => {
    const out = buffered(memory());
    await out.writeAll("gathered");
    expect(out.pendingBytes).toBe(8);
    out.abort();
    expect(out.pendingBytes).toBe(0);
    expect(out.intoParts().unsent).toHaveLength(0);
  });
});
