import {
  buffered,
  cursor,
  inspect,
  keepOpen,
  limit,
  lineBuffered,
  meter,
  PENDING,
  progress,
  tee,
  throttle,
  timeout,
  type AsyncWrite,
  type Writer,
} from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, counted, CountingWaker, RecordingWriter, turn } from "../instruments.ts";

const waker = new CountingWaker();

const WRAPPERS: readonly [string, (inner: Writer) => Writer][] = [
  ["inspect", (inner) => inspect(inner, () => {})],
  ["meter", meter],
  ["progress", (inner) => progress(inner, { onProgress() {} })],
  ["limit", (inner) => limit(inner, 1000)],
  ["throttle", (inner) => throttle(inner, { bytesPerSecond: 1e9 })],
  ["timeout", (inner) => timeout(inner, { write: 1000 })],
  ["lineBuffered", (inner) => lineBuffered(inner)],
  ["buffered", (inner) => buffered(inner)],
];

/** What every wrapper does the same way. */
describe.each(WRAPPERS)("%s as a wrapper", (name, wrap) => {
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

it.each([...WRAPPERS, ["keepOpen", keepOpen], ["tee", (inner: Writer) => tee(inner)]] as const)(
  "%s refuses every write once it is closed, with and without a byte",
  async (_name, wrap) => {
    const out = wrap(new RecordingWriter());
    await out.close();
    const closed = expect.objectContaining({ code: "ERR_AW_CLOSED" });
    for (const buf of [bytes("x"), bytes("")]) {
      expect(() => out.pollWrite(waker, buf)).toThrow(closed);
      expect(() => out.pollVectoredWrite(waker, [buf])).toThrow(closed);
    }
    expect(() => out.pollVectoredWrite(waker, [])).toThrow(closed);
    expect([out.state, out.pollFlush(waker)]).toEqual(["closed", undefined]);
  },
);

describe.each([
  ...WRAPPERS,
  ["keepOpen", keepOpen],
  ["tee", (inner: Writer) => tee(inner)],
] as const)("%s", (_name, wrap) => {
  it("accepts nothing from when its close begins, also while the inner one waits", async () => {
    const inner = new RecordingWriter();
    const out = wrap(inner);
    await out.writeAll("abc");
    await out.flush();
    inner.stalled = true;
    // `keepOpen` closes nothing below, so its flush is what waits.
    expect(out.pollClose(waker)).toBe(PENDING);
    expect(out.state).toBe("closing");
    expect(() => out.pollWrite(waker, bytes("x"))).toThrow(
      expect.objectContaining({ code: "ERR_AW_CLOSED" }),
    );
    inner.release();
    await out.close();
    expect([out.state, inner.text]).toEqual(["closed", "abc"]);
  });

  it.each([0, 1, 3, 100])(
    "keeps vectored writes in order over an inner writer that takes little (after %d bytes)",
    async (before) => {
      const inner = new RecordingWriter({ maxBytes: 3, pending: true });
      const out = wrap(inner);
      const parts = [counted(before), counted(0), counted(5), counted(1), counted(40)];
      await out.writeAllVectored(parts);
      await out.writeAllVectored([]);
      await out.writeAllVectored([counted(0), counted(2)]);
      await out.close();
      expect(inner.received).toEqual([...parts, counted(2)].flatMap((part) => [...part]));
    },
  );

  it("aborts what is below once, unless it keeps that open, and not after close", async () => {
    for (const closes of [false, true]) {
      const reasons: unknown[] = [];
      const inner: AsyncWrite = {
        pollWrite: (_waker, buf) => buf.length,
        pollVectoredWrite: (_waker, bufs) => bufs[0]?.length ?? 0,
        pollFlush() {},
        pollClose() {},
        abort: (reason) => void reasons.push(reason),
      };
      const out = wrap(inner as Writer);
      if (closes) await out.close();
      out.abort("why");
      out.abort("again");
      expect(reasons).toEqual(closes || wrap === keepOpen ? [] : ["why"]);
    }
  });
});
