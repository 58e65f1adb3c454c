import { Duplex, PassThrough, Readable, Writable } from "node:stream";
import {
  memory,
  toReader,
  type AsyncBufRead,
  type AsyncWrite,
  type LayerSink,
  type LayerSource,
} from "@aw/core";
import { checkInner, layerOn } from "@aw/core/implementor";
import { describe, expect, it } from "vitest";

/** Which way a layer would work on `inner`. */
function wayOf(given: unknown): string {
  const inner = given as LayerSink | LayerSource;
  const way = checkInner("layer", inner);
  const opened = layerOn(
    inner,
    () => "write",
    () => "read",
  );
  expect(opened).toBe(way);
  return way;
}

describe("a layer that works both ways", () => {
  it.each([
    ["a writer", memory()],
    ["what only has the trait", { pollWrite() {} }],
    ["a WritableStream", new WritableStream()],
  ])("writes into %s", (_name, inner) => {
    expect(wayOf(inner)).toBe("write");
  });

  it.each([
    ["a reader", toReader("text")],
    ["what only has the trait", { pollFillBuf() {}, consume() {} }],
    ["a ReadableStream", new ReadableStream()],
    ["a stream of Node", Readable.from(["x"])],
    ["a list of bytes", [Uint8Array.of(1)]],
    ["a generator", (async function* () {})()],
    ["bytes", Uint8Array.of(1)],
    ["a Buffer, which has a method write", Buffer.from("x")],
  ])("reads from %s", (_name, inner) => {
    expect(wayOf(inner)).toBe("read");
  });

  it("makes a reader and a writer of the platform's streams", async () => {
    let below: AsyncBufRead | AsyncWrite | undefined;
    const keep = (inner: AsyncBufRead | AsyncWrite): void => void (below = inner);
    layerOn(["a", "b"], keep, keep);
    expect(await toReader(below as AsyncBufRead).text()).toBe("ab");
    layerOn(new WritableStream(), keep, keep);
    expect((below as AsyncWrite & { toString(): string }).toString()).toBe("WritableStream");
  });

  const locked = new ReadableStream();
  locked.getReader();
  it.each([
    ["nothing", undefined, "got undefined"],
    ["text", "a.gz", 'got "a.gz"; for text as bytes, wrap it with toReader'],
    ["options", { level: 9 }, "expected a writer or a reader, got an object"],
    ["a promise", Promise.resolve(memory()), "; await it first"],
    ["a Duplex", new PassThrough(), "can be both written and read"],
    ["a connection of both kinds", { pollWrite() {}, pollFillBuf() {} }, "both written and read"],
    ["a Writable of Node", new Writable(), "wrap it with fromNodeWritable"],
    ["a Duplex without an iterator", Object.create(Duplex.prototype), "both written and read"],
    ["a locked stream", locked, "a ReadableStream is locked"],
    ["a TransformStream", new TransformStream(), "got a TransformStream"],
  ])("refuses %s at once", (_name, inner, message) => {
    expect(() => wayOf(inner)).toThrow(
      expect.objectContaining({
        code: "ERR_AW_INVALID_ARGUMENT",
        message: expect.stringContaining(message),
      }),
    );
  });

  it("opens nothing before it was asked to", () => {
    const stream = new ReadableStream();
    checkInner("layer", stream);
    expect(stream.locked).toBe(false);
  });
});
