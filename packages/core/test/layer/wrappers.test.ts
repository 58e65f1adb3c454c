import {
  buffered,
  cursor,
  inspect,
  keepOpen,
  limit,
  lineBuffered,
  meter,
  progress,
  tee,
  throttle,
  timeout,
  type Writer,
} from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, CountingWaker, RecordingWriter, turn } from "../instruments.ts";

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
