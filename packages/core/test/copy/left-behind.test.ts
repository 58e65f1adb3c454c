import { getEventListeners } from "node:events";
import { copy, copyBidirectional, pipe, toReader, Writer, type Connection } from "@aw/core";
import { afterEach, expect, it, vi } from "vitest";
import { RecordingWriter } from "../instruments.ts";

const listeners = (signal: AbortSignal): number => getEventListeners(signal, "abort").length;

afterEach(() => void vi.useRealTimers());

it.each([
  ["an iterable", () => ["abc"]],
  ["a reader", () => toReader("abc")],
])("a copy from %s leaves no listener behind, done or failed", async (_name, source) => {
  const { signal } = new AbortController();
  const writer = new RecordingWriter();
  await copy(source(), writer, { signal });
  expect([listeners(signal), writer.failureListeners]).toEqual([0, 0]);
  writer.failNext = new Error("broken");
  await expect(copy(source(), writer, { signal })).rejects.toMatchObject({ code: "ERR_AW_IO" });
  expect([listeners(signal), writer.failureListeners]).toEqual([0, 0]);
});

it("a copy in both directions leaves no listener and no timer behind", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { signal } = new AbortController();
  const ends = [pipe(), pipe()] as const;
  const [a, b] = ends.map(({ reader }) =>
    Object.defineProperty(new Writer(new RecordingWriter()), "reader", { value: reader }),
  ) as [Connection, Connection];
  const copied = copyBidirectional(a, b, { signal, halfCloseTimeout: 1_000_000 });
  await ends[0].writer.writeAll("abc");
  await ends[0].writer.close();
  while (b.state !== "closed") await new Promise((resolve) => setImmediate(resolve));
  expect([vi.getTimerCount(), listeners(signal) > 0]).toEqual([1, true]);
  await ends[1].writer.close();
  expect(await copied).toEqual({ aToB: 3, bToA: 0 });
  expect([vi.getTimerCount(), listeners(signal)]).toEqual([0, 0]);
});

it("a copy in both directions does not begin once its signal has fired", async () => {
  const { reader } = pipe();
  const inner = [new RecordingWriter(), new RecordingWriter()] as const;
  const [a, b] = inner.map((writer) =>
    Object.defineProperty(new Writer(writer), "reader", { value: reader }),
  ) as [Connection, Connection];
  const copied = copyBidirectional(a, b, { signal: AbortSignal.abort("early") });
  await expect(copied).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "early" });
  expect([a.state, b.state]).toEqual(["failed", "failed"]);
});
