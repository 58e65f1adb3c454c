import { CompletionWriter, PENDING, type AsyncWriteError, type Done } from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, CountingWaker, counted, turn } from "../instruments.ts";

/** A destination that answers when the test says so. */
class ManualWriter extends CompletionWriter {
  readonly sent: Uint8Array[] = [];
  readonly steps: string[] = [];
  answers: Done[] = [];
  failure: AsyncWriteError | undefined;

  /** Answers the oldest open step. */
  answer(error?: unknown): void {
    this.answers.shift()?.(error);
  }

  get text(): string {
    return Buffer.concat(this.sent).toString();
  }

  protected transmit(data: Uint8Array, done: Done): void {
    this.steps.push(`transmit ${data.length}`);
    this.sent.push(data.slice());
    this.answers.push(done);
  }

  protected override finish(done: Done): void {
    this.steps.push("finish");
    this.answers.push(done);
  }

  protected override destroy(failure: AsyncWriteError): void {
    this.steps.push("destroy");
    this.failure = failure;
  }
}

class DurableWriter extends ManualWriter {
  protected override commit(done: Done): void {
    this.steps.push("commit");
    this.answers.push(done);
  }
}

/** Answers within `transmit`, as synchronous file I/O does. */
class SynchronousWriter extends CompletionWriter {
  readonly calls: { data: Uint8Array; length: number }[] = [];
  error: Error | undefined;

  constructor(capacity?: number) {
    super({ synchronous: true, capacity });
  }

  protected transmit(data: Uint8Array, done: Done): void {
    this.calls.push({ data, length: data.length });
    done(this.error);
  }
}

/** Has room for so many bytes. */
class FillingWriter extends SynchronousWriter {
  room = 0;

  protected override transmitNow(data: Uint8Array): number {
    const taken = Math.min(this.room, data.length);
    if (taken === 0) throw Object.assign(new Error("full"), { code: "ENOSPC" });
    this.room -= taken;
    return taken;
  }
}

/** Synchronous writes, and a commit in the background, as of a file that is synced. */
class SlowlyDurableWriter extends SynchronousWriter {
  readonly answers: Done[] = [];
  readonly sent: Uint8Array[] = [];
  commits = 0;

  protected override transmit(data: Uint8Array, done: Done): void {
    this.sent.push(data.slice());
    super.transmit(data, done);
  }

  protected override commit(done: Done): void {
    this.commits++;
    this.answers.push(done);
  }
}

const waker = new CountingWaker();

/** Writes until the writer takes no more; returns how much it took. */
function fill(writer: CompletionWriter, chunk: number): number {
  let total = 0;
  for (;;) {
    const n = writer.pollWrite(waker, counted(chunk));
    if (n === PENDING) return total;
    total += n;
  }
}

describe("CompletionWriter", () => {
  it("sends small writes of one turn together, at its end", async () => {
    const writer = new ManualWriter();
    for (const text of ["a", "b", "c"]) await writer.writeAll(text);
    expect(writer.steps).toEqual([]);
    await turn();
    expect(writer.steps).toEqual(["transmit 3"]);
    expect(writer.text).toBe("abc");
  });

  it("gathers across awaits that need not wait", async () => {
    const writer = new ManualWriter();
    for (let index = 0; index < 50; index++) await writer.writeAll("x");
    await turn();
    expect(writer.steps).toEqual(["transmit 50"]);
  });

  it("sends at once at flush, and is flushed when that is answered", async () => {
    const writer = new ManualWriter();
    await writer.writeAll("abc");
    let flushed = false;
    const flush = writer.flush().then(() => {
      flushed = true;
    });
    expect(writer.steps).toEqual(["transmit 3"]);
    await turn();
    expect(flushed).toBe(false);
    writer.answer();
    await flush;
  });

  it("an idle flush transmits nothing", async () => {
    const writer = new DurableWriter();
    await writer.flush();
    expect(writer.steps).toEqual([]);
  });

  it("holds two slabs at most, then waits, and goes on byte-exact", () => {
    const writer = new ManualWriter({ capacity: 4096 });
    const accepted = fill(writer, 1000);
    expect(accepted).toBe(8192);
    expect(writer.steps).toEqual(["transmit 4096"]);
    const wakes = waker.wakes;
    writer.answer();
    expect(waker.wakes).toBe(wakes + 1);
    expect(fill(writer, 1000)).toBe(4096);
    expect(writer.steps).toEqual(["transmit 4096", "transmit 4096"]);
  });

  it("grows its slabs under load up to the capacity", () => {
    const writer = new ManualWriter();
    for (let round = 0; round < 6; round++) {
      fill(writer, 5000);
      writer.answer();
    }
    const sizes = writer.sent.map(({ length }) => length);
    expect(Math.max(...sizes)).toBe(256 * 1024);
  });

  it("never sends more than the capacity at once", async () => {
    const writer = new ManualWriter({ capacity: 100 });
    const all = writer.writeAll(counted(1000));
    while (writer.answers.length > 0) {
      writer.answer();
      await turn();
    }
    await all;
    expect(Math.max(...writer.sent.map(({ length }) => length))).toBe(100);
    expect(Buffer.concat(writer.sent)).toEqual(Buffer.from(counted(1000)));
  });

  it("does not keep the caller's buffer", async () => {
    const writer = new ManualWriter();
    const buffer = bytes("abc");
    await writer.writeAll(buffer);
    buffer.fill(0);
    const flush = writer.flush();
    writer.answer();
    await flush;
    expect(writer.text).toBe("abc");
  });

  it("commits at flush after the bytes, and only what is new", async () => {
    const writer = new DurableWriter();
    await writer.writeAll("abc");
    const flush = writer.flush();
    expect(writer.steps).toEqual(["transmit 3"]);
    writer.answer();
    expect(writer.steps).toEqual(["transmit 3", "commit"]);
    writer.answer();
    await flush;
    await writer.flush();
    expect(writer.steps).toEqual(["transmit 3", "commit"]);
  });

  it("takes writes while a flush is pending, and they are not lost", async () => {
    const writer = new DurableWriter();
    writer.pollWrite(waker, bytes("abc"));
    expect(writer.pollFlush(waker)).toBe(PENDING);
    expect(writer.pollWrite(waker, bytes("def"))).toBe(3);
    const closed = writer.close();
    while (writer.answers.length > 0) {
      writer.answer();
      await turn();
    }
    await closed;
    expect(writer.text).toBe("abcdef");
    expect(writer.steps.at(-1)).toBe("finish");
  });

  it("closes in stages, each once, however often it is polled", () => {
    const writer = new DurableWriter();
    writer.pollWrite(waker, bytes("abc"));
    for (const step of ["transmit 3", "commit", "finish"]) {
      expect(writer.pollClose(waker)).toBe(PENDING);
      expect(writer.pollClose(waker)).toBe(PENDING);
      expect(writer.steps.at(-1)).toBe(step);
      writer.answer();
    }
    expect(writer.pollClose(waker)).toBe(undefined);
    expect(writer.pollClose(waker)).toBe(undefined);
    expect(writer.steps).toEqual(["transmit 3", "commit", "finish"]);
    expect(() => writer.pollWrite(waker, bytes("d"))).toThrow(
      expect.objectContaining({ code: "ERR_AW_CLOSED" }),
    );
    expect(writer.pollFlush(waker)).toBe(undefined);
  });

  it("throws a failure in the background at the next poll of any method, the same each time", async () => {
    const writer = new ManualWriter();
    await writer.writeAll("abc");
    const flush = writer.flush();
    writer.answer(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    const failure = await flush.catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "ERR_AW_BROKEN_PIPE" });
    expect(writer.failure).toBe(failure);
    for (const poll of [
      () => writer.pollWrite(waker, bytes("a")),
      () => writer.pollVectoredWrite(waker, [bytes("a")]),
      () => writer.pollFlush(waker),
      () => writer.pollClose(waker),
    ]) {
      expect(poll).toThrow(failure);
    }
    expect(writer.steps.filter((step) => step === "destroy")).toHaveLength(1);
  });

  it("treats a throw of a hook as its failure", async () => {
    class Throwing extends CompletionWriter {
      protected transmit(): void {
        throw new Error("no such socket");
      }
    }
    const writer = new Throwing();
    await writer.writeAll("abc");
    await expect(writer.flush()).rejects.toThrow("no such socket");
    await expect(writer.flush()).rejects.toThrow("no such socket");
  });

  it("wakes who waits even if letting go throws, and does not hide that", async () => {
    class Clinging extends ManualWriter {
      protected override destroy(): void {
        throw new Error("the descriptor is stuck");
      }
    }
    const uncaught = new Promise<unknown>((resolve) => {
      const others = process.listeners("uncaughtException");
      process.removeAllListeners("uncaughtException");
      process.once("uncaughtException", (error) => {
        for (const listener of others) process.on("uncaughtException", listener);
        resolve(error);
      });
    });
    const writer = new Clinging();
    const flush = writer.writeAll("abc").then(() => writer.flush());
    await turn();
    writer.abort("stop");
    await expect(flush).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
    expect(await uncaught).toMatchObject({ message: "the descriptor is stuck" });
  });

  it("ignores an answer that comes twice or after abort", async () => {
    const writer = new ManualWriter();
    await writer.writeAll("abc");
    await turn();
    const [done] = writer.answers;
    writer.abort("stop");
    done?.();
    done?.(new Error("late"));
    expect(writer.steps).toEqual(["transmit 3", "destroy"]);
    await expect(writer.flush()).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "stop" });
  });

  it("does not reuse a slab that was on its way when it was aborted", async () => {
    const writer = new ManualWriter();
    await writer.writeAll(counted(4000));
    const kept: Uint8Array[] = [];
    class Keeping extends CompletionWriter {
      protected transmit(data: Uint8Array): void {
        kept.push(data);
      }
    }
    const keeping = new Keeping();
    await keeping.writeAll("still with the kernel");
    await turn();
    keeping.abort();
    const other = new ManualWriter();
    for (let index = 0; index < 4; index++) await other.writeAll(new Uint8Array(1000).fill(7));
    await turn();
    expect(Buffer.from(kept[0] ?? []).toString()).toBe("still with the kernel");
  });

  it("gathers vectored writes up to what fits", () => {
    const writer = new ManualWriter({ capacity: 8 });
    const bufs = [
      bytes(""),
      bytes("abc"),
      bytes(""),
      bytes("defgh"),
      bytes("ijklmnop"),
      bytes("q"),
    ];
    expect(writer.pollVectoredWrite(waker, bufs)).toBe(16);
    expect(writer.pollVectoredWrite(waker, bufs)).toBe(PENDING);
    expect(writer.pollVectoredWrite(waker, [])).toBe(0);
    expect(writer.pollVectoredWrite(waker, [bytes(""), bytes("")])).toBe(0);
    writer.answer();
    writer.answer();
    expect(writer.text).toBe("abcdefghijklmnop");
  });

  it("refuses an impossible capacity", () => {
    for (const capacity of [0, -1, 1.5, Number.NaN]) {
      expect(() => new ManualWriter({ capacity })).toThrow(
        expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
      );
    }
  });
});

describe("CompletionWriter, synchronous", () => {
  it("passes large writes on uncopied, after what was gathered", async () => {
    const writer = new SynchronousWriter();
    const large = counted(64 * 1024);
    await writer.writeAll("abc");
    await writer.writeAll(large);
    expect(writer.calls.map(({ length }) => length)).toEqual([3, 64 * 1024]);
    expect(writer.calls[1]?.data).toBe(large);
  });

  it("throws an error of an uncopied write with none of its bytes accepted", async () => {
    const writer = new SynchronousWriter();
    writer.error = Object.assign(new Error("full"), { code: "ENOSPC" });
    await expect(writer.writeAll(counted(64 * 1024))).rejects.toMatchObject({
      code: "ERR_AW_NO_SPACE",
      bytesWritten: 0,
    });
  });

  it("accepts what a large write got rid of before it failed, and fails after that", async () => {
    const writer = new FillingWriter();
    writer.room = 50_000;
    await expect(writer.writeAll(counted(128 * 1024))).rejects.toMatchObject({
      code: "ERR_AW_NO_SPACE",
      bytesWritten: 50_000,
    });
  });

  it("a vectored write stays ready once bytes were accepted, even before an uncopied one", () => {
    const writer = new SynchronousWriter();
    const n = writer.pollVectoredWrite(waker, [bytes("abc"), counted(64 * 1024)]);
    expect(n).toBe(3);
  });

  it("keeps the order of a large write that comes while an earlier one is committed", async () => {
    const writer = new SlowlyDurableWriter();
    await writer.writeAll("abc");
    expect(writer.pollFlush(waker)).toBe(PENDING);
    await writer.writeAll("def");
    const large = writer.writeAll(counted(64 * 1024));
    writer.answers.shift()?.();
    await large;
    const flushed = writer.flush();
    writer.answers.shift()?.();
    writer.answers.shift()?.();
    await flushed;
    const all = Buffer.concat([bytes("abcdef"), counted(64 * 1024)]);
    expect(Buffer.concat(writer.sent).equals(all)).toBe(true);
  });

  it("commits a large write that came while an earlier one was committed", async () => {
    const writer = new SlowlyDurableWriter();
    await writer.writeAll("abc");
    expect(writer.pollFlush(waker)).toBe(PENDING);
    await writer.writeAll(counted(64 * 1024));
    writer.answers.shift()?.();
    expect(writer.pollFlush(waker)).toBe(PENDING);
    await turn();
    writer.answers.shift()?.();
    expect(writer.pollFlush(waker)).toBeUndefined();
    expect(writer.commits).toBe(2);
  });
});
