import {
  buffered,
  CompletionEngine,
  copy,
  cursor,
  memory,
  PENDING,
  Reader,
  sink,
  SourceEngine,
  toReader,
  Writer,
  type AsyncBufRead,
  type Waker,
} from "@aw/core";
import { describe, expect, it } from "vitest";
import {
  bytes,
  counted,
  type CountingWaker,
  Recording,
  RecordingWriter,
  turn,
} from "../instruments.ts";
import { ManualSource } from "../reader/source.ts";

function fed(...chunks: string[]): { reader: Reader; source: ManualSource } {
  const source = new ManualSource();
  source.ready = chunks.map(bytes);
  return { reader: new Reader(new SourceEngine(source)), source };
}

describe("copy from a reader", () => {
  it("copies everything, counts, flushes, and does not close", async () => {
    const { reader, source } = fed("ab", "c");
    const inner = memory();
    const out = buffered(inner);
    const counts: number[] = [];
    const copied = copy(reader, out, { onProgress: (count) => counts.push(count) });
    await turn();
    source.control.push(bytes("de"));
    source.control.end();
    expect(await copied).toBe(5);
    expect([inner.text(), out.state]).toEqual(["abcde", "open"]);
    expect(counts).toEqual([2, 3, 5]);
  });

  it("goes on where a reader was left", async () => {
    const reader = toReader("header\nbody");
    await reader.readLine();
    const target = memory();
    expect(await copy(reader, target)).toBe(4);
    expect(target.text()).toBe("body");
  });

  it("flushes nothing more once it was stopped", async () => {
    const { reader, source } = fed();
    const inner = new RecordingWriter();
    const stop = new AbortController();
    const copied = copy(reader, inner, { signal: stop.signal });
    copied.catch(() => {});
    source.control.push(bytes("a"));
    await Promise.resolve();
    // In the turn that was to show whether the reader idles.
    stop.abort("enough");
    await expect(copied).rejects.toMatchObject({ cause: "enough", bytesWritten: 1 });
    for (let turns = 0; turns < 5; turns++) await turn();
    expect(inner.calls).toEqual(["write 1"]);
  });

  it("takes small and large chunks into a writer that takes little at a time", async () => {
    const all = [counted(10), counted(50_000), counted(7)];
    const source = new ManualSource();
    const inner = new RecordingWriter({ maxBytes: 1000, pending: true });
    const copied = copy(new Reader(new SourceEngine(source)), inner);
    for (const chunk of all) source.control.push(chunk.slice());
    source.control.end();
    expect(await copied).toBe(50_017);
    expect(inner.received).toEqual(all.flatMap((chunk) => [...chunk]));
  });

  it("makes no promise for a chunk that the writer has room for", async () => {
    class Polled extends Writer {
      override write(): Promise<number> {
        throw new Error("a promise was asked for");
      }

      override writeAll(): Promise<void> {
        throw new Error("a promise was asked for");
      }
    }
    const { reader, source } = fed();
    const inner = memory();
    const copied = copy(reader, new Polled(inner));
    for (const size of [1, 20_000, 100_000]) {
      source.control.push(counted(size));
      await turn();
    }
    source.control.end();
    expect(await copied).toBe(120_001);
    expect(inner.length).toBe(120_001);
  });

  it("lends a very large chunk", async () => {
    const { reader, source } = fed();
    const lent: Uint8Array[] = [];
    const chunk = counted(300_000);
    const writer = new Writer(
      new CompletionEngine(
        {
          transmit(piece, done) {
            lent.push(piece);
            done();
          },
        },
        { lend: { from: 256 * 1024, atMost: 300_000 } },
      ),
    );
    source.control.push(chunk);
    source.control.end();
    expect(await copy(reader, writer)).toBe(300_000);
    expect(lent[0]).toBe(chunk);
  });

  it("reads no more while the writer is stalled", async () => {
    const source = new ManualSource();
    const inner = new RecordingWriter();
    inner.stalled = true;
    const copied = copy(new Reader(new SourceEngine(source, { capacity: 10 })), inner);
    source.control.push(counted(11));
    for (let turns = 0; turns < 5; turns++) await turn();
    expect(source.calls).toEqual(["resume", "pause"]);
    inner.release();
    source.control.end();
    expect(await copied).toBe(11);
  });

  it("flushes while the reader idles, and not if told so", async () => {
    for (const flushOnIdle of [true, false]) {
      const { reader, source } = fed("question");
      const inner = new RecordingWriter();
      const copied = copy(reader, buffered(inner), { flushOnIdle });
      for (let turns = 0; turns < 5; turns++) await turn();
      expect(inner.text).toBe(flushOnIdle ? "question" : "");
      source.control.end();
      await copied;
      expect(inner.text).toBe("question");
    }
  });

  it("flushes once the reader idles for a whole turn, and only what came", async () => {
    const { reader, source } = fed();
    const inner = new RecordingWriter();
    const copied = copy(reader, buffered(inner));
    for (let turns = 0; turns < 3; turns++) await turn();
    expect(inner.calls).toEqual([]);
    source.control.push(bytes("a"));
    await Promise.resolve();
    // In the turn that was to show whether the reader idles.
    source.control.push(bytes("b"));
    for (let turns = 0; turns < 5; turns++) await turn();
    expect(inner.calls).toEqual(["write 2", "flush"]);
    source.control.end();
    await copied;
  });

  it("counts what the writer took of a chunk that it failed in", async () => {
    class Stuck extends Recording {
      override pollWrite(
        waker: CountingWaker,
        buf: Uint8Array,
      ): ReturnType<Recording["pollWrite"]> {
        const n = super.pollWrite(waker, buf);
        this.stalled = true;
        return n;
      }
    }
    const { reader, source } = fed();
    const inner = new Stuck({ maxBytes: 1000 });
    const copied = copy(reader, new Writer(inner)).catch((error: unknown) => error);
    source.control.push(counted(300_000));
    await turn();
    inner.failNow(new Error("broken"));
    expect(await copied).toMatchObject({ code: "ERR_AW_IO", bytesWritten: 1000 });
  });

  it("rejects with the reader's failure, and what was copied", async () => {
    const { reader, source } = fed("abc");
    const target = memory();
    const copied = copy(reader, target);
    await turn();
    source.control.fail(Object.assign(new Error("gone"), { code: "ECONNRESET" }));
    await expect(copied).rejects.toMatchObject({
      code: "ERR_AW_CONNECTION_RESET",
      bytesWritten: 3,
    });
    expect(target.text()).toBe("abc");
  });

  it("aborts the reader when the writer fails, or is full for good", async () => {
    const { reader, source } = fed("abc");
    const inner = new RecordingWriter();
    const copied = copy(reader, inner).catch((error: unknown) => error);
    await turn();
    inner.abort("gone");
    expect(await copied).toMatchObject({ code: "ERR_AW_ABORTED", cause: "gone", bytesWritten: 3 });
    expect(source.calls.at(-1)).toBe("destroy ERR_AW_ABORTED");
    await expect(copy(toReader("abcdef"), cursor(new Uint8Array(4)))).rejects.toMatchObject({
      code: "ERR_AW_WRITE_ZERO",
      bytesWritten: 4,
    });
  });

  it("stops by its signal, before and after it began", async () => {
    for (const early of [true, false]) {
      const { reader } = fed("abc");
      const controller = new AbortController();
      if (early) controller.abort("enough");
      const copied = copy(reader, sink(), { signal: controller.signal }).catch(
        (error: unknown) => error,
      );
      await turn();
      controller.abort("enough");
      expect(await copied).toMatchObject({
        code: "ERR_AW_ABORTED",
        cause: "enough",
        bytesWritten: early ? 0 : 3,
      });
    }
  });

  it("lets other tasks run while it copies from a reader that is always ready", async () => {
    const view = Uint8Array.of(1);
    const controller = new AbortController();
    const copied = copy({ pollFillBuf: () => view, consume() {} }, sink(), {
      signal: controller.signal,
    });
    await turn();
    await turn();
    controller.abort();
    await expect(copied).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
  });

  it.each([
    ["a chunk", bytes("abc"), "write"],
    ["a chunk that is passed on without a copy", counted(300_000), "write"],
    ["the end", undefined, "flush"],
  ])(
    "takes %s back from a writer without room when its signal fires",
    async (_what, chunk, call) => {
      const { reader, source } = fed();
      const inner = new RecordingWriter();
      inner.stalled = true;
      const controller = new AbortController();
      const copied = copy(reader, inner, { signal: controller.signal }).catch(
        (error: unknown) => error,
      );
      if (chunk === undefined) source.control.end();
      else source.control.push(chunk);
      await turn();
      controller.abort("enough");
      expect(await copied).toMatchObject({
        code: "ERR_AW_ABORTED",
        cause: "enough",
        bytesWritten: 0,
      });
      inner.release();
      await turn();
      expect(inner.calls.filter((made) => made.startsWith(call))).toEqual([]);
      expect(inner.state).toBe("open");
    },
  );

  it("counts what the writer took of a large chunk that its signal stopped", async () => {
    const { reader, source } = fed();
    const inner = new RecordingWriter({ maxBytes: 1000 });
    const controller = new AbortController();
    const copied = copy(reader, inner, {
      signal: controller.signal,
      onProgress: () => (inner.stalled = true),
    }).catch((error: unknown) => error);
    source.control.push(counted(300_000));
    await turn();
    controller.abort("enough");
    expect(await copied).toMatchObject({ code: "ERR_AW_ABORTED", bytesWritten: 1000 });
    inner.release();
    await turn();
    expect(inner.received).toHaveLength(1000);
  });

  it("fails when a writer that it waited for is full for good", async () => {
    const { reader, source } = fed("abc");
    const full = new RecordingWriter({ maxBytes: 0, pending: true });
    await expect(copy(reader, full)).rejects.toMatchObject({
      code: "ERR_AW_WRITE_ZERO",
      bytesWritten: 0,
    });
    expect(source.calls.at(-1)).toBe("destroy ERR_AW_ABORTED");
  });

  it("commits while the reader idles, where bytes leave by themselves and are not committed", async () => {
    for (const commits of [true, false]) {
      const { reader, source } = fed("question");
      const steps: string[] = [];
      const step = (name: string) => (done: () => void) => {
        steps.push(name);
        done();
      };
      const engine = new CompletionEngine({
        transmit: (_bytes, done) => step("transmit")(done),
        ...(commits ? { commit: step("commit") } : {}),
      });
      const copied = copy(reader, new Writer(engine));
      for (let turns = 0; turns < 5; turns++) await turn();
      expect(steps).toEqual(commits ? ["transmit", "commit"] : ["transmit"]);
      source.control.end();
      await copied;
    }
  });

  it("flushes once while the reader idles, although it is woken for nothing", async () => {
    const wakers: Waker[] = [];
    let chunk: Uint8Array | undefined = bytes("a");
    const inner = new RecordingWriter();
    const controller = new AbortController();
    const reader: AsyncBufRead = {
      pollFillBuf(waker) {
        wakers.push(waker);
        return chunk ?? PENDING;
      },
      consume: () => void (chunk = undefined),
    };
    const copied = copy(reader, inner, { signal: controller.signal }).catch(() => {});
    for (let turns = 0; turns < 5; turns++) {
      await turn();
      wakers.at(-1)?.wake();
    }
    await turn();
    await turn();
    expect(inner.calls).toEqual(["write 1", "flush"]);
    controller.abort();
    await copied;
  });
});
