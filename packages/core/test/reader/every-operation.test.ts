import { PENDING, Reader, SourceEngine, type OperationOptions } from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, CountingWaker, turn } from "../instruments.ts";
import { ManualSource } from "./source.ts";

/** Every operation of a reader, as a call that waits for more than "ab". */
const OPERATIONS: readonly [
  string,
  (reader: Reader, options?: OperationOptions) => Promise<unknown>,
][] = [
  ["readExactly", (reader, options) => reader.readExactly(3, options)],
  ["readUntil", (reader, options) => reader.readUntil("|", options)],
  ["readLine", (reader, options) => reader.readLine(options)],
  ["readAll", (reader, options) => reader.readAll(options)],
  ["text", (reader, options) => reader.text(options)],
  ["peek", (reader, options) => reader.peek(3, options)],
];

/** Those that wait for a byte alone, or use bytes as they come. */
const SHORT: typeof OPERATIONS = [
  ["read", (reader, options) => reader.read(options)],
  ["readInto", (reader, options) => reader.readInto(new Uint8Array(3), options)],
  ["skip", (reader, options) => reader.skip(1, options)],
];

function fed(text: string): { reader: Reader; source: ManualSource } {
  const source = new ManualSource();
  const reader = new Reader(new SourceEngine(source));
  if (text !== "") source.control.push(bytes(text));
  return { reader, source };
}

describe.each([...OPERATIONS, ...SHORT])("%s", (name, call) => {
  const isShort = SHORT.some(([short]) => short === name);

  it("is stopped by its signal while it waits, and loses no byte", async () => {
    const { reader, source } = fed(isShort ? "" : "ab");
    const controller = new AbortController();
    const waiting = call(reader, { signal: controller.signal });
    await turn();
    controller.abort("enough");
    await expect(waiting).rejects.toMatchObject({
      code: "ERR_AW_ABORTED",
      cause: "enough",
      bytesWritten: undefined,
    });
    source.control.push(bytes("c"));
    source.control.end();
    expect(await reader.text()).toBe(isShort ? "c" : "abc");
  });

  it("reads nothing if its signal has fired before", async () => {
    const { reader, source } = fed("abcd|\n");
    await expect(call(reader, { signal: AbortSignal.abort("before") })).rejects.toMatchObject({
      code: "ERR_AW_ABORTED",
      cause: "before",
    });
    source.control.end();
    expect(await reader.text()).toBe("abcd|\n");
  });

  it("is refused while the stream is being read, and not after that", async () => {
    const { reader, source } = fed("abcd|\n");
    source.control.end();
    const lock = reader.stream.getReader();
    await expect(call(reader)).rejects.toMatchObject({ code: "ERR_AW_PROTOCOL" });
    expect(() => reader.pollTake(new CountingWaker())).toThrow(
      expect.objectContaining({ code: "ERR_AW_PROTOCOL" }),
    );
    lock.releaseLock();
    await call(reader);
  });

  it("rejects with the reason of an abort, while it waits and afterwards", async () => {
    const { reader } = fed(isShort ? "" : "ab");
    const waiting = call(reader);
    await turn();
    reader.abort("why");
    for (const each of [waiting, call(reader)]) {
      await expect(each).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "why" });
    }
  });

  it("rejects with the failure of the source, and leaves what came", async () => {
    const { reader, source } = fed(isShort ? "" : "ab");
    const waiting = call(reader).catch((error: unknown) => error);
    await turn();
    source.control.fail(Object.assign(new Error("gone"), { code: "ECONNRESET" }));
    expect(await waiting).toMatchObject({
      code: "ERR_AW_CONNECTION_RESET",
      cause: { message: "gone" },
    });
    const view = (): unknown => reader.pollFillBuf(new CountingWaker());
    if (isShort) expect(view).toThrow("gone");
    else expect(view()).toEqual(bytes("ab"));
  });
});

describe("the end of the source", () => {
  it.each<[string, (reader: Reader) => Promise<unknown>, unknown]>([
    ["read", (reader) => reader.read(), undefined],
    ["readInto", (reader) => reader.readInto(new Uint8Array(1)), 0],
    ["readExactly of none", (reader) => reader.readExactly(0), new Uint8Array(0)],
    ["readUntil", (reader) => reader.readUntil(0), undefined],
    ["readLine", (reader) => reader.readLine(), undefined],
    ["readAll", (reader) => reader.readAll(), new Uint8Array(0)],
    ["text", (reader) => reader.text(), ""],
    ["peek", (reader) => reader.peek(1), new Uint8Array(0)],
    ["skip of none", (reader) => reader.skip(0), undefined],
  ])("is what %s resolves with, each time", async (_name, call, value) => {
    const { reader, source } = fed("");
    source.control.end();
    for (let calls = 0; calls < 2; calls++) expect(await call(reader)).toEqual(value);
    expect(reader.pollFillBuf(new CountingWaker())).not.toBe(PENDING);
  });

  it.each<[string, (reader: Reader) => Promise<unknown>, string]>([
    ["readExactly", (reader) => reader.readExactly(3), "ab"],
    ["readUntil", (reader) => reader.readUntil("|"), "ab"],
    ["readLine", (reader) => reader.readLine(), "ab"],
    ["skip", (reader) => reader.skip(3), ""],
  ])("is too early for %s, which leaves what it has not dropped", async (_name, call, rest) => {
    const { reader, source } = fed("ab");
    source.control.end();
    await expect(call(reader)).rejects.toMatchObject({ code: "ERR_AW_TRUNCATED" });
    expect(await reader.text()).toBe(rest);
  });
});
