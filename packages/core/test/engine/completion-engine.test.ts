import {
  CompletionEngine,
  PENDING,
  Writer,
  type AsyncWriteError,
  type CompletionControl,
  type CompletionEngineOptions,
  type Destination,
  type Done,
} from "@aw/core";
import { describe, expect, it } from "vitest";
import { COSTLY } from "../../src/task/coop.ts";
import { bytes, CountingWaker, counted, turn } from "../instruments.ts";

/** A destination whose steps are answered when the test says so. */
class Manual implements Destination {
  readonly sent: Uint8Array[] = [];
  readonly steps: string[] = [];
  readonly answers: Done[] = [];
  failure: AsyncWriteError | undefined;
  abandoned: unknown;
  control!: CompletionControl;
  /** Set by tests of destinations that have it. */
  commit?: (done: Done) => void;

  start(control: CompletionControl): void {
    this.control = control;
  }

  /** Answers the oldest step that is open. */
  answer(error?: unknown): void {
    this.answers.shift()?.(error);
  }

  get text(): string {
    return Buffer.concat(this.sent).toString();
  }

  transmit(data: Uint8Array, done: Done): void {
    this.steps.push(`transmit ${data.length}`);
    this.sent.push(data.slice());
    this.answers.push(done);
  }

  finish(done: Done): void {
    this.steps.push("finish");
    this.answers.push(done);
  }

  destroy(failure: AsyncWriteError): void {
    this.steps.push("destroy");
    this.failure = failure;
  }

  abandon(reason: unknown): void {
    this.abandoned = reason;
  }
}

/** Makes durable, by a step of its own. */
function durable(): Manual {
  const to = new Manual();
  to.commit = (done) => {
    to.steps.push("commit");
    to.answers.push(done);
  };
  return to;
}

function manual(options?: CompletionEngineOptions, to: Manual = new Manual()) {
  const engine = new CompletionEngine(to, options);
  return { to, engine, writer: new Writer(engine) };
}

/** Writes before it returns, as synchronous file I/O does. */
class Synchronous implements Destination {
  readonly calls: { data: Uint8Array; length: number }[] = [];
  readonly sent: Uint8Array[] = [];
  error: Error | undefined;
  room = Number.POSITIVE_INFINITY;

  transmit(data: Uint8Array, done: Done): void {
    this.transmitNow(data);
    done();
  }

  transmitNow(data: Uint8Array): number {
    if (this.error !== undefined) throw this.error;
    const taken = Math.min(this.room, data.length);
    if (taken === 0) throw Object.assign(new Error("full"), { code: "ENOSPC" });
    this.room -= taken;
    this.calls.push({ data, length: taken });
    this.sent.push(data.slice(0, taken));
    return taken;
  }
}

/** Synchronous writes, and a commit in the background, as of a file that is synced. */
class SlowlyDurable extends Synchronous {
  readonly answers: Done[] = [];
  commits = 0;

  commit(done: Done): void {
    this.commits++;
    this.answers.push(done);
  }
}

function synchronous<T extends Synchronous>(to: T) {
  return { to, writer: new Writer(new CompletionEngine(to)) };
}

const waker = new CountingWaker();

/** Writes until the writer takes no more; returns how much it took. */
function fill(writer: Writer, chunk: number): number {
  let total = 0;
  for (;;) {
    const n = writer.pollWrite(waker, counted(chunk));
    if (n === PENDING) return total;
    total += n;
  }
}

describe("CompletionEngine", () => {
  it("sends small writes of one turn together, at its end", async () => {
    const { to, writer } = manual();
    for (const text of ["a", "b", "c"]) await writer.writeAll(text);
    expect(to.steps).toEqual([]);
    await turn();
    expect(to.steps).toEqual(["transmit 3"]);
    expect(to.text).toBe("abc");
  });

  it("gathers across awaits that need not wait", async () => {
    const { to, writer } = manual();
    for (let index = 0; index < 50; index++) await writer.writeAll("x");
    await turn();
    expect(to.steps).toEqual(["transmit 50"]);
  });

  it("sends at once at flush, and is flushed when that is answered", async () => {
    const { to, writer } = manual();
    await writer.writeAll("abc");
    let flushed = false;
    const flush = writer.flush().then(() => {
      flushed = true;
    });
    expect(to.steps).toEqual(["transmit 3"]);
    await turn();
    expect(flushed).toBe(false);
    to.answer();
    await flush;
  });

  it("an idle flush transmits nothing", async () => {
    const { to, writer } = manual({}, durable());
    await writer.flush();
    expect(to.steps).toEqual([]);
  });

  it("holds two slabs at most, then waits, and goes on byte-exact", () => {
    const { to, writer } = manual({ capacity: 4096 });
    const accepted = fill(writer, 1000);
    expect(accepted).toBe(8192);
    expect(to.steps).toEqual(["transmit 4096"]);
    const wakes = waker.wakes;
    to.answer();
    expect(waker.wakes).toBe(wakes + 1);
    expect(fill(writer, 1000)).toBe(4096);
    expect(to.steps).toEqual(["transmit 4096", "transmit 4096"]);
  });

  it("grows its slabs under load up to the capacity", () => {
    const { to, writer } = manual();
    for (let round = 0; round < 6; round++) {
      fill(writer, 5000);
      to.answer();
    }
    const sizes = to.sent.map(({ length }) => length);
    expect(Math.max(...sizes)).toBe(256 * 1024);
  });

  it("never sends more than the capacity at once", async () => {
    const { to, writer } = manual({ capacity: 100 });
    const all = writer.writeAll(counted(1000));
    while (to.answers.length > 0) {
      to.answer();
      await turn();
    }
    await all;
    expect(Math.max(...to.sent.map(({ length }) => length))).toBe(100);
    expect(Buffer.concat(to.sent)).toEqual(Buffer.from(counted(1000)));
  });

  it("does not keep the caller's buffer", async () => {
    const { to, writer } = manual();
    const buffer = bytes("abc");
    await writer.writeAll(buffer);
    buffer.fill(0);
    const flush = writer.flush();
    to.answer();
    await flush;
    expect(to.text).toBe("abc");
  });

  it("commits at flush after the bytes, and only what is new", async () => {
    const { to, writer } = manual({}, durable());
    await writer.writeAll("abc");
    const flush = writer.flush();
    expect(to.steps).toEqual(["transmit 3"]);
    to.answer();
    expect(to.steps).toEqual(["transmit 3", "commit"]);
    to.answer();
    await flush;
    await writer.flush();
    expect(to.steps).toEqual(["transmit 3", "commit"]);
    // What leaves without a flush is not committed.
    await writer.writeAll("d");
    await turn();
    to.answer();
    expect(to.steps).toEqual(["transmit 3", "commit", "transmit 1"]);
  });

  it("sends by itself what no commit is needed for, so that a flush costs little", () => {
    const sending = new CompletionEngine(new Manual());
    expect(sending.send()).toBe(true);
    expect(sending.flushCost).toBe(4);
    const committing = new CompletionEngine(durable());
    expect(committing.send()).toBe(false);
    expect(committing.flushCost).toBe(COSTLY);
  });

  it("takes writes while a flush is pending, and they are not lost", async () => {
    const { to, writer } = manual({}, durable());
    writer.pollWrite(waker, bytes("abc"));
    expect(writer.pollFlush(waker)).toBe(PENDING);
    expect(writer.pollWrite(waker, bytes("def"))).toBe(3);
    const closed = writer.close();
    while (to.answers.length > 0) {
      to.answer();
      await turn();
    }
    await closed;
    expect(to.text).toBe("abcdef");
    expect(to.steps.at(-1)).toBe("finish");
  });

  it("closes in stages, each once, however often it is polled", () => {
    const { to, writer } = manual({}, durable());
    writer.pollWrite(waker, bytes("abc"));
    for (const step of ["transmit 3", "commit", "finish"]) {
      expect(writer.pollClose(waker)).toBe(PENDING);
      expect(writer.pollClose(waker)).toBe(PENDING);
      expect(to.steps.at(-1)).toBe(step);
      to.answer();
    }
    expect(writer.pollClose(waker)).toBe(undefined);
    expect(writer.pollClose(waker)).toBe(undefined);
    expect(to.steps).toEqual(["transmit 3", "commit", "finish"]);
    expect(() => writer.pollWrite(waker, bytes("d"))).toThrow(
      expect.objectContaining({ code: "ERR_AW_CLOSED" }),
    );
    expect(writer.pollFlush(waker)).toBe(undefined);
  });

  it("throws a failure in the background at the next poll of any method, the same each time", async () => {
    const { to, writer } = manual();
    await writer.writeAll("abc");
    const flush = writer.flush();
    to.answer(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    const failure = await flush.catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "ERR_AW_BROKEN_PIPE" });
    expect(to.failure).toBe(failure);
    for (const poll of [
      () => writer.pollWrite(waker, bytes("a")),
      () => writer.pollVectoredWrite(waker, [bytes("a")]),
      () => writer.pollFlush(waker),
      () => writer.pollClose(waker),
    ]) {
      expect(poll).toThrow(failure);
    }
    expect(to.steps.filter((step) => step === "destroy")).toHaveLength(1);
  });

  it("takes what a step throws for its failure", async () => {
    const transmit = (): void => {
      throw new Error("no such socket");
    };
    const writer = new Writer(new CompletionEngine({ transmit }));
    await writer.writeAll("abc");
    await expect(writer.flush()).rejects.toThrow("no such socket");
    await expect(writer.flush()).rejects.toThrow("no such socket");
  });

  it("wakes who waits even if releasing throws, and does not hide that", async () => {
    const uncaught = new Promise<unknown>((resolve) => {
      const others = process.listeners("uncaughtException");
      process.removeAllListeners("uncaughtException");
      process.once("uncaughtException", (error) => {
        for (const listener of others) process.on("uncaughtException", listener);
        resolve(error);
      });
    });
    const { to, writer } = manual();
    to.destroy = () => {
      throw new Error("the descriptor is stuck");
    };
    const flush = writer.writeAll("abc").then(() => writer.flush());
    await turn();
    writer.abort("stop");
    await expect(flush).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
    expect(await uncaught).toMatchObject({ message: "the descriptor is stuck" });
  });

  it("ignores an answer that comes twice or after abort", async () => {
    const { to, writer } = manual();
    await writer.writeAll("abc");
    await turn();
    const [done] = to.answers;
    writer.abort("stop");
    done?.();
    done?.(new Error("late"));
    expect(to.steps).toEqual(["transmit 3", "destroy"]);
    await expect(writer.flush()).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "stop" });
  });

  it("does not reuse a slab that was in flight when it was aborted", async () => {
    const kept: Uint8Array[] = [];
    const keeping = new Writer(new CompletionEngine({ transmit: (data) => void kept.push(data) }));
    await keeping.writeAll("still with the kernel");
    await turn();
    keeping.abort();
    const { writer: other } = manual();
    for (let index = 0; index < 4; index++) await other.writeAll(new Uint8Array(1000).fill(7));
    await turn();
    expect(Buffer.from(kept[0] ?? []).toString()).toBe("still with the kernel");
  });

  it("gathers vectored writes up to what fits", () => {
    const { to, writer } = manual({ capacity: 8 });
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
    to.answer();
    to.answer();
    expect(to.text).toBe("abcdefghijklmnop");
    expect(writer.isVectored).toBe(true);
    writer.pollClose(waker);
    expect(() => writer.pollVectoredWrite(waker, [])).toThrow(
      expect.objectContaining({ code: "ERR_AW_CLOSED" }),
    );
  });

  it("refuses an impossible capacity", () => {
    for (const capacity of [0, -1, 1.5, Number.NaN]) {
      expect(() => manual({ capacity })).toThrow(
        expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
      );
    }
  });
});

describe("CompletionEngine, over a synchronous destination", () => {
  it("passes large writes on without a copy, after what was gathered", async () => {
    const { to, writer } = synchronous(new Synchronous());
    const large = counted(64 * 1024);
    await writer.writeAll("abc");
    await writer.writeAll(large);
    expect(to.calls.map(({ length }) => length)).toEqual([3, 64 * 1024]);
    expect(to.calls[1]?.data).toBe(large);
  });

  it("passes on no more than 1 MiB in one call", async () => {
    const { to, writer } = synchronous(new Synchronous());
    const MIB = 1024 * 1024;
    await writer.writeAll(new Uint8Array(2 * MIB));
    expect(to.calls.map(({ length }) => length)).toEqual([MIB, MIB]);
    const exactly = new Uint8Array(MIB);
    await writer.writeAll(exactly);
    expect(to.calls[2]?.data).toBe(exactly);
  });

  it("throws an error of a write that bypasses the slabs with none of its bytes accepted", async () => {
    const { to, writer } = synchronous(new Synchronous());
    to.error = Object.assign(new Error("full"), { code: "ENOSPC" });
    await expect(writer.writeAll(counted(64 * 1024))).rejects.toMatchObject({
      code: "ERR_AW_NO_SPACE",
      bytesWritten: 0,
    });
  });

  it("accepts what a large write got rid of before it failed, and fails after that", async () => {
    const { to, writer } = synchronous(new Synchronous());
    to.room = 50_000;
    await expect(writer.writeAll(counted(128 * 1024))).rejects.toMatchObject({
      code: "ERR_AW_NO_SPACE",
      bytesWritten: 50_000,
    });
  });

  it("a vectored write stays ready once bytes were accepted, even before one that bypasses the slabs", () => {
    const { writer } = synchronous(new Synchronous());
    const n = writer.pollVectoredWrite(waker, [bytes("abc"), counted(64 * 1024)]);
    expect(n).toBe(3);
  });

  it("keeps the order of a large write that comes while an earlier one is committed", async () => {
    const { to, writer } = synchronous(new SlowlyDurable());
    await writer.writeAll("abc");
    expect(writer.pollFlush(waker)).toBe(PENDING);
    await writer.writeAll("def");
    const large = writer.writeAll(counted(64 * 1024));
    to.answers.shift()?.();
    await large;
    const flushed = writer.flush();
    to.answers.shift()?.();
    to.answers.shift()?.();
    await flushed;
    const all = Buffer.concat([bytes("abcdef"), counted(64 * 1024)]);
    expect(Buffer.concat(to.sent).equals(all)).toBe(true);
  });

  it("commits a large write that came while an earlier one was committed", async () => {
    const { to, writer } = synchronous(new SlowlyDurable());
    await writer.writeAll("abc");
    expect(writer.pollFlush(waker)).toBe(PENDING);
    await writer.writeAll(counted(64 * 1024));
    to.answers.shift()?.();
    expect(writer.pollFlush(waker)).toBe(PENDING);
    await turn();
    to.answers.shift()?.();
    expect(writer.pollFlush(waker)).toBeUndefined();
    expect(to.commits).toBe(2);
  });
});

describe("CompletionEngine, towards its destination", () => {
  it("says whether it is idle: nothing gathered, in flight, or waiting for a commit", async () => {
    const { to, writer } = manual({}, durable());
    expect(to.control.isIdle).toBe(true);
    await writer.writeAll("abc");
    expect(to.control.isIdle).toBe(false);
    const flushed = writer.flush();
    to.answer();
    expect(to.control.isIdle).toBe(false);
    to.answer();
    expect(to.control.isIdle).toBe(true);
    await flushed;
  });

  it("hands over what is gathered, for a program that ends, and commits it later", async () => {
    const { to, writer } = manual({}, durable());
    await writer.writeAll("abc");
    const drained: string[] = [];
    to.control.drainNow((gathered) => drained.push(Buffer.from(gathered).toString()));
    to.control.drainNow((gathered) => drained.push(Buffer.from(gathered).toString()));
    expect(drained).toEqual(["abc"]);
    await turn();
    expect(to.steps).toEqual([]);
    const flushed = writer.flush();
    expect(to.steps).toEqual(["commit"]);
    to.answer();
    await flushed;
  });

  it("counts what was handed over while a commit was in flight for the next one", async () => {
    const { to, writer, engine } = manual({}, durable());
    await writer.writeAll("abc");
    const flushed = writer.flush();
    to.answer();
    expect(writer.pollWrite(waker, bytes("def"))).toBe(3);
    to.control.drainNow(() => {});
    expect(to.steps).toEqual(["transmit 3", "commit"]);
    to.answer();
    await turn();
    expect([engine.bytesAccepted, engine.bytesFlushed]).toEqual([6, 3]);
    expect(to.steps).toEqual(["transmit 3", "commit", "commit"]);
    to.answer();
    await flushed;
    expect([engine.bytesAccepted, engine.bytesFlushed]).toEqual([6, 6]);
  });

  it("commits what a flush was asked for before what comes after it, however much that is", async () => {
    const { to, writer, engine } = manual({}, durable());
    await writer.writeAll("abc");
    const flushed = writer.flush();
    writer.pollWrite(waker, bytes("def"));
    to.answer();
    expect(to.steps).toEqual(["transmit 3", "commit"]);
    to.answer();
    await turn();
    expect([engine.bytesAccepted, engine.bytesFlushed]).toEqual([6, 3]);
    // This one is of a flush that waits for both.
    expect(to.steps).toEqual(["transmit 3", "commit", "transmit 3"]);
    to.answer();
    to.answer();
    await flushed;
  });

  it("commits nothing that came while a commit was in flight, unless somebody flushes it", async () => {
    const { to, engine } = manual({}, durable());
    engine.pollWrite(waker, bytes("abc"));
    engine.pollFlush(waker);
    to.answer();
    engine.pollWrite(waker, bytes("def"));
    await turn();
    to.answer();
    to.answer();
    await turn();
    expect(to.steps).toEqual(["transmit 3", "commit", "transmit 3"]);
  });

  it("commits nothing after an abort", () => {
    const { to, engine } = manual({}, durable());
    engine.pollWrite(waker, bytes("abc"));
    engine.pollFlush(waker);
    engine.abort("stop");
    to.answer();
    expect(to.steps).toEqual(["transmit 3", "destroy"]);
  });

  it("commits once before the end, when everything has left", async () => {
    const { to, engine } = manual({}, durable());
    engine.pollWrite(waker, bytes("abc"));
    await turn();
    engine.pollWrite(waker, bytes("def"));
    engine.pollClose(waker);
    for (let step = 0; step < 4; step++) to.answer();
    expect(to.steps).toEqual(["transmit 3", "transmit 3", "commit", "finish"]);
  });

  it("takes what has left for flushed where nothing is committed", async () => {
    const { to, writer, engine } = manual();
    await writer.writeAll("abc");
    const flushed = writer.flush();
    expect(writer.pollWrite(waker, bytes("de"))).toBe(2);
    expect([engine.bytesAccepted, engine.bytesFlushed]).toEqual([5, 0]);
    to.answer();
    expect([engine.bytesAccepted, engine.bytesFlushed]).toEqual([5, 3]);
    to.answer();
    await flushed;
    expect([engine.bytesAccepted, engine.bytesFlushed]).toEqual([5, 5]);
  });

  it("commits before the end what came after a flush, though nobody polls meanwhile", () => {
    const { to, engine } = manual({}, durable());
    engine.pollWrite(waker, bytes("abc"));
    engine.pollFlush(waker);
    engine.pollWrite(waker, bytes("def"));
    engine.pollClose(waker);
    for (let step = 0; step < 5; step++) to.answer();
    expect(to.steps).toEqual(["transmit 3", "commit", "transmit 3", "commit", "finish"]);
    expect(engine.state).toBe("closed");
  });

  it("keeps what could not be handed over", async () => {
    const { to, writer } = manual();
    await writer.writeAll("abc");
    expect(() =>
      to.control.drainNow(() => {
        throw new Error("EAGAIN");
      }),
    ).toThrow("EAGAIN");
    await turn();
    expect(to.text).toBe("abc");
  });

  it("wakes a write that waited for the room", () => {
    const { to, writer } = manual({ capacity: 8 });
    fill(writer, 8);
    const { wakes } = waker;
    to.control.drainNow(() => {});
    expect(waker.wakes).toBe(wakes + 1);
    expect(writer.pollWrite(waker, bytes("more"))).toBe(4);
  });

  it("abandons what outlives a close when it is aborted after it, and only then", async () => {
    const { to, writer } = manual();
    const closed = writer.close();
    to.answer();
    await closed;
    expect(to.abandoned).toBeUndefined();
    writer.abort("no more reading");
    expect(to.abandoned).toBe("no more reading");
    expect(to.steps).toEqual(["finish"]);
  });

  it("abandons what outlives a failure at the first abort after it, not at one that failed it", () => {
    const failed = manual();
    failed.to.control.fail(new Error("the peer broke the rules"));
    expect(failed.to.abandoned).toBeUndefined();
    failed.writer.abort("cut it off");
    expect(failed.to.abandoned).toBe("cut it off");
    failed.writer.abort("again");
    expect(failed.to.abandoned).toBe("cut it off");
    const aborted = manual();
    aborted.writer.abort("first");
    aborted.writer.abort("second");
    expect(aborted.to.abandoned).toBeUndefined();
  });

  it("knows what was not sent from what was not committed", async () => {
    const { to, writer } = manual({}, durable());
    expect(to.control.hasUnsent).toBe(false);
    await writer.writeAll("a");
    expect(to.control.hasUnsent).toBe(true);
    const flushed = writer.flush();
    expect(to.steps).toEqual(["transmit 1"]);
    expect(to.control.hasUnsent).toBe(true);
    to.answer();
    expect(to.control).toMatchObject({ hasUnsent: false, isIdle: false });
    to.answer();
    await flushed;
    expect(to.control).toMatchObject({ hasUnsent: false, isIdle: true });
  });

  it("hears at once that close was asked for, while a commit is under way", async () => {
    const to = durable();
    let begun = 0;
    Object.assign(to, { beginClose: () => void begun++ });
    const { writer } = manual({}, to);
    await writer.writeAll("a");
    const task = new CountingWaker();
    writer.pollFlush(task);
    to.answer();
    expect(to.steps).toEqual(["transmit 1", "commit"]);
    expect(begun).toBe(0);
    expect(writer.pollClose(task)).toBe(PENDING);
    expect(writer.pollClose(task)).toBe(PENDING);
    expect(begun).toBe(1);
    expect(to.steps).toEqual(["transmit 1", "commit"]);
  });

  it("fails with what beginning to close throws", () => {
    const error = new Error("no way out");
    const to = Object.assign(new Manual(), {
      beginClose: () => {
        throw error;
      },
    });
    const { writer } = manual({}, to);
    expect(() => writer.pollClose(new CountingWaker())).toThrow(
      expect.objectContaining({ code: "ERR_AW_IO", cause: error }),
    );
    expect(to.steps).toEqual(["destroy"]);
  });

  it("takes its name from the destination", () => {
    const named = { transmit: () => {}, toString: () => "port 80" };
    expect(String(new Writer(new CompletionEngine(named)))).toBe("port 80");
  });
});
