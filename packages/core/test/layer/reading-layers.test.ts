import {
  inspect,
  limit,
  memory,
  meter,
  progress,
  Reader,
  SourceEngine,
  tee,
  throttle,
  timeout,
  toReader,
  type AsyncBufRead,
} from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, counted, CountingWaker, RecordingWriter, turn } from "../instruments.ts";
import { ManualSource } from "../reader/source.ts";

function manual(): { source: ManualSource; reader: Reader } {
  const source = new ManualSource();
  return { source, reader: new Reader(new SourceEngine(source)) };
}

/** What every layer does the same way. */
describe.each<[string, (inner: AsyncBufRead) => Reader]>([
  ["inspect", (inner) => inspect(inner, () => {})],
  ["meter", (inner) => meter(inner)],
  ["progress", (inner) => progress(inner, { onProgress() {} })],
  ["limit", (inner) => limit(inner, 1000)],
  ["throttle", (inner) => throttle(inner, { bytesPerSecond: 1e9 })],
  ["timeout", (inner) => timeout(inner, { read: 1000 })],
  ["tee", (inner) => tee(inner, memory())],
])("%s of a reader", (name, wrap) => {
  it("passes every byte and the end on, and names itself", async () => {
    const reader = wrap(toReader(["abc", "defg"]));
    expect(reader).toBeInstanceOf(Reader);
    expect(String(reader).startsWith(name)).toBe(true);
    expect(String(reader)).toContain(" < an array");
    expect(await reader.readExactly(2)).toEqual(bytes("ab"));
    expect(await reader.text()).toBe("cdefg");
    expect(await reader.read()).toBe(undefined);
  });

  it("passes a failure on behind the bytes before it, and an abort to what is below", async () => {
    const failing = manual();
    const reader = wrap(failing.reader);
    failing.source.control.push(bytes("last"));
    failing.source.control.fail(Object.assign(new Error("reset"), { code: "ECONNRESET" }));
    expect(await reader.read()).toEqual(bytes("last"));
    await expect(reader.read()).rejects.toMatchObject({ code: "ERR_AW_CONNECTION_RESET" });
    const aborted = manual();
    const stopped = wrap(aborted.reader);
    const waiting = stopped.read();
    stopped.abort("enough");
    await expect(waiting).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "enough" });
    expect(aborted.source.calls).toEqual(["resume", "destroy ERR_AW_ABORTED"]);
  });

  it("refuses to consume what it has not shown", async () => {
    const { source, reader } = manual();
    source.control.push(bytes("abc"));
    const layer = wrap(reader);
    expect(layer.pollFillBuf(new CountingWaker())).toEqual(bytes("abc"));
    expect(() => layer.consume(4)).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
    layer.consume(1);
    expect(() => layer.consume(3)).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
    layer.consume(2);
    source.control.end();
    expect(await layer.read()).toBe(undefined);
  });
});

describe("limit of a reader", () => {
  it("passes what is allowed, and fails where more comes", async () => {
    const reader = limit(toReader(["abc", "de"]), 4);
    expect(reader.remaining).toBe(4);
    expect(await reader.readExactly(3)).toEqual(bytes("abc"));
    expect(reader.remaining).toBe(1);
    expect(await reader.read()).toEqual(bytes("d"));
    for (let time = 0; time < 2; time++)
      await expect(reader.read()).rejects.toMatchObject({
        code: "ERR_AW_LIMIT",
        message: expect.stringContaining("more than 4 bytes came") as string,
      });
  });

  it("lets nobody consume more of a chunk than it showed, piece by piece either", () => {
    const reader = limit(toReader("abc"), 2);
    expect(reader.pollFillBuf(new CountingWaker())).toEqual(bytes("ab"));
    reader.consume(1);
    expect(() => reader.consume(2)).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
  });

  it("is content with exactly as many, and 0", async () => {
    expect(await limit(["abc"], 3).text()).toBe("abc");
    expect(await limit([], 0).text()).toBe("");
    await expect(limit(["", "a"], 0).text()).rejects.toMatchObject({ code: "ERR_AW_LIMIT" });
  });

  it("leaves what is below as it is", async () => {
    const below = toReader("abcdef");
    const reader = limit(below, 3);
    await reader.readExactly(3);
    await expect(reader.read()).rejects.toMatchObject({ code: "ERR_AW_LIMIT" });
    expect(await below.text()).toBe("def");
  });
});

describe("inspect of a reader", () => {
  it("shows each byte once, as it is read", async () => {
    const seen: string[] = [];
    const { source, reader } = manual();
    const layer = inspect(reader, (read) => seen.push(new TextDecoder().decode(read)));
    source.control.push(bytes("abcdef"));
    await layer.peek(4);
    await layer.readExactly(2);
    const waker = new CountingWaker();
    layer.pollFillBuf(waker);
    layer.consume(1);
    layer.consume(1);
    expect(seen.join("")).toBe("abcd");
    source.control.end();
    await layer.text();
    expect(seen.join("")).toBe("abcdef");
  });

  it("fails with what its function throws, at the next poll", async () => {
    const layer = inspect(toReader(["ab", "cd"]), () => {
      throw new Error("no digest");
    });
    expect(await layer.read()).toEqual(bytes("ab"));
    await expect(layer.read()).rejects.toMatchObject({ cause: { message: "no digest" } });
  });
});

describe("progress of a reader", () => {
  it("says how many bytes were read, and the total", async () => {
    const said: [number, number | undefined][] = [];
    const reader = progress(["ab", "", "cde"], {
      total: 5,
      onProgress: (...args) => said.push(args),
    });
    for await (const _ of reader);
    expect(said).toEqual([
      [2, 5],
      [5, 5],
    ]);
  });
});

describe("meter of a reader", () => {
  it("counts bytes, reads and waits", async () => {
    const { source, reader } = manual();
    const layer = meter(reader);
    const waiting = layer.readExactly(5);
    expect([layer.pendings, layer.isPending]).toEqual([1, true]);
    source.control.push(bytes("abc"));
    await turn();
    source.control.push(bytes("de"));
    await waiting;
    expect([layer.bytes, layer.reads, layer.isPending]).toEqual([5, 2, false]);
    expect(layer.pendings).toBeGreaterThan(1);
    expect(layer.pendingTime).toBeGreaterThan(0);
  });

  it.each(["end", "failure", "abort"])("ends its wait at the %s", async (how) => {
    const { source, reader } = manual();
    const layer = meter(reader);
    const waiting = layer.read().catch(() => {});
    expect(layer.isPending).toBe(true);
    if (how === "end") source.control.end();
    else if (how === "failure") source.control.fail(new Error("gone"));
    else layer.abort();
    await waiting;
    const { pendingTime } = layer;
    await turn();
    expect([layer.isPending, layer.pendingTime]).toEqual([false, pendingTime]);
  });
});

describe("tee of a reader", () => {
  it("fails with a writer although nothing comes to be written", async () => {
    const writer = memory();
    const waiting = tee(manual().reader, writer).read();
    writer.abort("gone");
    await expect(waiting).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "gone" });
  });

  it.each(["end", "failure", "abort"])(
    "listens to its writers no more after the %s",
    async (how) => {
      const writer = new RecordingWriter();
      const { source, reader } = manual();
      const layer = tee(reader, writer);
      const waiting = layer.readAll().catch(() => {});
      await turn();
      expect(writer.failureListeners).toBeGreaterThan(0);
      if (how === "end") source.control.end();
      else if (how === "failure") source.control.fail(new Error("gone"));
      else layer.abort();
      await waiting;
      expect(writer.failureListeners).toBe(0);
    },
  );

  it("writes what is read to every writer, and is ended once they are flushed", async () => {
    const [a, b] = [memory(), memory()];
    const reader = tee(toReader([counted(100_000)]), a, b);
    expect(await reader.readAll()).toEqual(counted(100_000));
    expect([a.bytes(), b.bytes()]).toEqual([counted(100_000), counted(100_000)]);
    expect([a.state, b.state]).toEqual(["open", "open"]);
  });

  it("lets nobody consume what its writers have not got", () => {
    const layer = tee(toReader(counted(100_000)), memory());
    const { length } = layer.pollFillBuf(new CountingWaker()) as Uint8Array;
    expect(length).toBeLessThan(100_000);
    layer.consume(1);
    expect(() => layer.consume(length)).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
  });

  it("reads no faster than the slowest writer takes", async () => {
    const slow = new RecordingWriter();
    slow.stalled = true;
    const { source, reader } = manual();
    const layer = tee(reader, slow);
    source.control.push(counted(1000));
    expect(await layer.read()).toHaveLength(1000);
    source.control.push(counted(10));
    const waiting = layer.read();
    await turn();
    expect(slow.received).toEqual([]);
    slow.release();
    expect(await waiting).toHaveLength(10);
    source.control.end();
    expect(await layer.read()).toBe(undefined);
    expect(slow.received).toHaveLength(1010);
    expect(slow.calls.at(-1)).toBe("flush");
  });

  it("fails with a writer, also while it waits, unless that is to be dropped", async () => {
    const failure = new Error("disk full");
    for (const onError of ["fail", "drop"] as const) {
      const writer = memory();
      const { source, reader } = manual();
      const layer = tee(reader, writer, { onError });
      const waiting = layer.read();
      waiting.catch(() => {});
      await turn();
      writer.abort(failure);
      await turn();
      source.control.push(bytes("abc"));
      source.control.end();
      if (onError === "fail") {
        await expect(waiting).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: failure });
      } else {
        expect(await waiting).toEqual(bytes("abc"));
        expect(await layer.read()).toBe(undefined);
      }
    }
  });
});
