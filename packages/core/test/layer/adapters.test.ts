import {
  buffered,
  cursor,
  inspect,
  limit,
  lineBuffered,
  memory,
  meter,
  PENDING,
  progress,
  throttle,
  timeout,
  type Writer,
} from "@aw/core";
import { describe, expect, it, vi } from "vitest";
import { bytes, CountingWaker, RecordingWriter, turn } from "../instruments.ts";

const waker = new CountingWaker();

describe("inspect", () => {
  it.each([1, 2, 64])(
    "shows accepted bytes once and in order, over %i bytes a call",
    async (size) => {
      const seen: number[] = [];
      const inner = new RecordingWriter({ maxBytes: size, pending: true });
      const out = inspect(inner, (accepted) => seen.push(...accepted));
      await out.writeAll("hello ");
      await out.writeAllVectored([bytes(""), bytes("wide"), bytes(" world")]);
      await out.close();
      expect(Buffer.from(seen).toString()).toBe("hello wide world");
      expect(inner.text).toBe("hello wide world");
    },
  );

  it("shows what a vectored inner writer took, and only that", () => {
    const seen: string[] = [];
    const out = inspect(memory({ maxBytes: 5 }), (accepted) => {
      seen.push(Buffer.from(accepted).toString());
    });
    expect(out.isVectored).toBe(true);
    expect(out.pollVectoredWrite(waker, [bytes("abc"), bytes(""), bytes("defg")])).toBe(5);
    expect(seen).toEqual(["abc", "de"]);
  });

  it("fails at the next poll, not at this one, when its function throws", () => {
    const inner = memory();
    const out = inspect(inner, () => {
      throw new Error("no room for the log");
    });
    expect(out.pollWrite(waker, bytes("abc"))).toBe(3);
    expect(inner.text()).toBe("abc");
    expect(() => out.pollWrite(waker, bytes("d"))).toThrow("no room for the log");
  });
});

describe("meter", () => {
  it("counts bytes, calls and waits", async () => {
    const inner = new RecordingWriter({ pending: true });
    const out = meter(inner);
    await out.writeAll("abc");
    await out.writeAllVectored([bytes("de")]);
    await out.flush();
    expect(out).toMatchObject({ bytes: 5, writes: 2, flushes: 1, pendings: 3 });
    await out.close();
  });

  it("counts the time that the inner writer made it wait", () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const inner = new RecordingWriter();
    const out = meter(inner);
    inner.stalled = true;
    out.pollWrite(waker, bytes("a"));
    vi.advanceTimersByTime(30);
    expect(out.pendingTime).toBe(30);
    inner.release();
    out.pollWrite(waker, bytes("a"));
    vi.advanceTimersByTime(500);
    expect(out.pendingTime).toBe(30);
    vi.useRealTimers();
  });
});

describe("progress", () => {
  it("reports accepted bytes with the total", async () => {
    const reports: [number, number | undefined][] = [];
    const inner = new RecordingWriter({ maxBytes: 4 });
    const out = progress(inner, { total: 10, onProgress: (...report) => reports.push(report) });
    await out.writeAll("0123456789");
    expect(reports).toEqual([
      [4, 10],
      [8, 10],
      [10, 10],
    ]);
  });
});

describe("limit", () => {
  it("passes on up to the limit and fails beyond it, for good", async () => {
    const inner = memory();
    const out = limit(inner, 5);
    await out.writeAll("abc");
    const error = await out.writeAll("defg").catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "ERR_AW_LIMIT", bytesWritten: 2 });
    expect(inner.text()).toBe("abcde");
    await expect(out.close()).rejects.toMatchObject({ code: "ERR_AW_LIMIT" });
    expect(inner.state).toBe("open");
  });

  it("takes exactly the limit, and empty writes at it", async () => {
    const out = limit(memory(), 3);
    await out.writeAll("abc");
    expect(out.pollWrite(waker, bytes(""))).toBe(0);
    expect(out.remaining).toBe(0);
    await out.close();
  });

  it("cuts a vectored write where it ends", async () => {
    const inner = memory();
    const out = limit(inner, 4);
    const failed = out.writeAllVectored([bytes("abc"), bytes(""), bytes("def")]);
    await expect(failed).rejects.toMatchObject({ code: "ERR_AW_LIMIT", bytesWritten: 4 });
    expect(inner.text()).toBe("abcd");
  });

  it.each([-1, 1.5, Number.NaN])("refuses %d", (maxBytes) => {
    expect(() => limit(memory(), maxBytes)).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
  });
});

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
});

/** What every wrapper does the same way. */
describe.each<[string, (inner: Writer) => Writer]>([
  ["inspect", (inner) => inspect(inner, () => {})],
  ["meter", meter],
  ["limit", (inner) => limit(inner, 1000)],
  ["throttle", (inner) => throttle(inner, { bytesPerSecond: 1e9 })],
  ["timeout", (inner) => timeout(inner, { write: 1000 })],
  ["lineBuffered", (inner) => lineBuffered(inner)],
  ["buffered", (inner) => buffered(inner)],
])("%s as a wrapper", (name, wrap) => {
  it("forwards abort, closes once, names itself", async () => {
    const inner = new RecordingWriter({ pending: true });
    const out = wrap(inner);
    expect(String(out).startsWith(name)).toBe(true);
    expect(String(out)).toContain(" > ");
    await out.writeAll("abc");
    await out.close();
    await out.close();
    expect(inner.text).toBe("abc");
    expect(inner.calls.filter((call) => call === "close")).toHaveLength(1);

    const aborted = new RecordingWriter();
    wrap(aborted).abort("stop");
    expect(aborted.calls).toEqual(["abort stop"]);
  });

  it("fails with the inner writer's error, and counts what was written", async () => {
    const out = wrap(cursor(new Uint8Array(2)));
    const failed = await out
      .writeAll("abc\n")
      .then(() => out.close())
      .catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: "ERR_AW_WRITE_ZERO" });
  });

  it("stops an operation by its signal", async () => {
    const inner = new RecordingWriter();
    const out = wrap(inner);
    const controller = new AbortController();
    await out.writeAll("abc");
    inner.stalled = true;
    const stuck = out.flush({ signal: controller.signal });
    await turn();
    controller.abort("enough");
    await expect(stuck).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "enough" });
    inner.release();
    await out.close();
    expect(inner.text).toBe("abc");
  });
});
