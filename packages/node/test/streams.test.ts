import { randomBytes } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { createReadStream } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Duplex, duplexPair, finished, PassThrough, Readable, Writable } from "node:stream";
import { finished as whenFinished, pipeline } from "node:stream/promises";
import {
  buffered,
  copy,
  memory,
  PassThrough as PassThroughLayer,
  PENDING,
  sink,
  type Poll,
  type Waker,
} from "@aw/core";
import { fromNodeDuplex, fromNodeWritable, toNodeDuplex, toNodeWritable } from "@aw/node";
import { readToEnd } from "@aw/testing";
import { describe, expect, it } from "vitest";

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Takes bytes when the test lets it. */
class Gate extends PassThroughLayer {
  open = false;
  readonly calls: string[] = [];

  constructor() {
    super(sink());
  }

  text = "";

  release(): void {
    this.open = true;
    this.latch.wake();
  }

  breakIt(error: Error): void {
    this.latch.fail(error);
  }

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.latch.state !== "open") this.latch.refuse();
    if (!this.open) return this.latch.register(waker);
    this.calls.push("write");
    this.text += Buffer.from(buf).toString();
    return buf.length;
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    if (this.latch.state !== "open") this.latch.refuse();
    if (!this.open) return this.latch.register(waker);
    this.calls.push(`writev ${bufs.length}`);
    const all = Buffer.concat(bufs);
    this.text += all.toString();
    return all.length;
  }

  override get isVectored(): boolean {
    return true;
  }

  override pollFlush(_waker: Waker): Poll<void> {
    this.latch.check();
  }

  override pollClose(waker: Waker): Poll<void> {
    this.latch.check();
    this.latch.beginClose();
    if (!this.open) return this.latch.register(waker);
    this.calls.push("close");
    this.latch.endClose();
  }

  protected override abortInner(reason: unknown): void {
    this.calls.push(`abort ${(reason as Error).message}`);
  }
}

describe("toNodeWritable", () => {
  it("is the end of a pipeline: every byte, then close, then finish", async () => {
    const folder = await mkdtemp(join(tmpdir(), "aw-node-"));
    try {
      const path = join(folder, "in");
      await writeFile(path, randomBytes(1_000_000));
      const target = memory();
      await pipeline(createReadStream(path), toNodeWritable(buffered(target)));
      expect(Buffer.compare(target.bytes(), await readFile(path))).toBe(0);
      expect(target.state).toBe("closed");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("returns false when its highWaterMark waits, and drains when it is accepted", async () => {
    const gate = new Gate();
    const stream = toNodeWritable(gate, { highWaterMark: 4 });
    expect(stream.write("abc")).toBe(true);
    expect(stream.write("d")).toBe(false);
    expect(stream.writableNeedDrain).toBe(true);
    const drained = once(stream, "drain");
    gate.release();
    await drained;
    expect(gate.text).toBe("abcd");
  });

  it("sends what was written while corked as one vectored write", async () => {
    const gate = new Gate();
    gate.open = true;
    const stream = toNodeWritable(gate);
    stream.cork();
    for (const text of ["a", "b", "c"]) stream.write(text);
    stream.uncork();
    stream.end();
    await whenFinished(stream);
    expect(gate.calls).toEqual(["writev 3", "close"]);
    expect(gate.text).toBe("abc");
  });

  it("finishes only when the writer is closed", async () => {
    const gate = new Gate();
    const stream = toNodeWritable(gate);
    let done = false;
    stream.end(() => {
      done = true;
    });
    await turn();
    expect(done).toBe(false);
    gate.release();
    await whenFinished(stream);
    expect(done).toBe(true);
  });

  it("destroy aborts the writer, with the error as its cause, and a write that waits", async () => {
    const gate = new Gate();
    const stream = toNodeWritable(gate);
    stream.write("stuck");
    stream.on("error", () => {});
    const closed = new Promise((resolve) => stream.on("close", resolve));
    stream.destroy(new Error("changed my mind"));
    await closed;
    expect(gate.calls).toEqual(["abort changed my mind"]);
  });

  it("destroy without an error leaves nothing that looks complete either", async () => {
    const target = memory();
    const stream = toNodeWritable(target);
    stream.destroy();
    await once(stream, "close");
    expect(target.state).toBe("failed");
  });

  it("fails with the writer, in a write and while idle", async () => {
    const gate = new Gate();
    const stream = toNodeWritable(gate);
    const failed = new Promise((resolve) => finished(stream, resolve));
    gate.breakIt(Object.assign(new Error("disk full"), { code: "ENOSPC" }));
    expect(await failed).toMatchObject({ code: "ERR_AW_NO_SPACE" });
    expect(stream.destroyed).toBe(true);
  });

  it.each<[string, (gate: Gate) => Promise<unknown>]>([
    ["has ended", (gate) => copy(["one"], gate)],
    ["idles", (gate) => copy(new ReadableStream({}), gate)],
  ])("fails with the writer when a copy that began later %s", async (_name, begin) => {
    const gate = new Gate();
    gate.open = true;
    const stream = toNodeWritable(gate);
    const failed = new Promise((resolve) => finished(stream, resolve));
    begin(gate).catch(() => {});
    // Past the copy's look whether its source idles, which flushes.
    for (let turns = 0; turns < 5; turns++) await turn();
    gate.breakIt(new Error("broken"));
    expect(await failed).toMatchObject({ cause: new Error("broken") });
  });

  it("lets a copy that began before hear of the writer's failure, too", async () => {
    const gate = new Gate();
    gate.open = true;
    const copied = copy(new ReadableStream({}), gate);
    toNodeWritable(gate).on("error", () => {});
    for (let turns = 0; turns < 5; turns++) await turn();
    gate.breakIt(new Error("broken"));
    await expect(copied).rejects.toMatchObject({ cause: new Error("broken") });
  });

  it("makes a pipeline fail with the writer's error", async () => {
    const gate = new Gate();
    const piped = pipeline(Readable.from(["a", "b"]), toNodeWritable(gate));
    await turn();
    gate.breakIt(new Error("broken"));
    await expect(piped).rejects.toThrow("broken");
  });

  it("a pipeline whose source fails aborts the writer", async () => {
    const target = memory();
    async function* source(): AsyncGenerator<string> {
      yield "half";
      await turn();
      throw new Error("source broke");
    }
    await expect(pipeline(source, toNodeWritable(target))).rejects.toThrow("source broke");
    expect(target.state).toBe("failed");
  });

  it("keeps the encoding of text", async () => {
    const target = memory();
    const stream = toNodeWritable(target);
    stream.write("c3a9", "hex");
    stream.end("é", "latin1");
    await whenFinished(stream);
    expect([...target.bytes()]).toEqual([0xc3, 0xa9, 0xe9]);
  });
});

describe("fromNodeWritable", () => {
  it("delivers through a stream that keeps its chunks, and ends it", async () => {
    const through = new PassThrough();
    const received = through.toArray();
    const out = fromNodeWritable(through);
    for (let index = 0; index < 1000; index++) {
      await out.writeAll(`line ${index}\n`);
      if (index % 100 === 0) await out.flush();
    }
    await out.close();
    const lines = Array.from({ length: 1000 }, (_, index) => `line ${index}\n`).join("");
    expect(Buffer.concat(await received).toString()).toBe(lines);
  });

  it("holds two slabs at most, whatever the stream would queue", async () => {
    const stuck = new Writable({ highWaterMark: 1 << 30, write() {} });
    const out = fromNodeWritable(stuck);
    let accepted = 0;
    for (let full = 0; full < 20; full++) {
      const n = out.pollWrite({ wake() {} }, new Uint8Array(10_000));
      if (n === PENDING) await turn();
      else {
        accepted += n;
        full = 0;
      }
    }
    expect(accepted).toBeLessThanOrEqual(128 * 1024);
    out.abort();
    expect(stuck.destroyed).toBe(true);
  });

  it("fails with the stream's error, and when the stream is closed under it", async () => {
    const broken = new Writable({ write: (_chunk, _encoding, done) => done(new Error("broken")) });
    const out = fromNodeWritable(broken);
    await out.writeAll("x");
    await expect(out.flush()).rejects.toThrow("broken");

    const closed = new PassThrough();
    const orphan = fromNodeWritable(closed);
    closed.destroy();
    await turn();
    await expect(orphan.writeAll("x")).rejects.toMatchObject({ code: "ERR_AW_BROKEN_PIPE" });
  });

  it("close waits for finish, and reports an error there", async () => {
    const out = fromNodeWritable(
      new Writable({ write: (_c, _e, done) => done(), final: (done) => done(new Error("late")) }),
    );
    await out.writeAll("x");
    await expect(out.close()).rejects.toThrow("late");
  });

  it("refuses a stream that has ended", () => {
    const ended = new PassThrough();
    ended.end();
    expect(() => fromNodeWritable(ended)).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
  });
});

describe("fromNodeDuplex and toNodeDuplex", () => {
  it("round-trip both directions, each ending by itself", async () => {
    const [near, far] = duplexPair();
    const duplex = toNodeDuplex(fromNodeDuplex(near));
    const received = readToEnd(far);
    duplex.write("question ");
    duplex.end("?".repeat(300_000));
    expect(String(await received)).toBe(`question ${"?".repeat(300_000)}`);
    far.end("answer");
    expect(String(await readToEnd(duplex))).toBe("answer");
  });

  it("never hands a slab to a reader that keeps it", async () => {
    const [near, far] = duplexPair();
    const connection = fromNodeDuplex(near);
    const kept: Buffer[] = [];
    far.on("data", (chunk: Buffer) => kept.push(chunk));
    for (let round = 0; round < 50; round++) {
      await connection.writeAll(`round ${String(round).padStart(3, "0")} `);
      await connection.flush();
    }
    await turn();
    const expected = Array.from({ length: 50 }, (_, n) => `round ${String(n).padStart(3, "0")} `);
    expect(Buffer.concat(kept).toString()).toBe(expected.join(""));
    connection.abort();
  });

  it("destroying the duplex aborts the connection", async () => {
    const [near] = duplexPair();
    const connection = fromNodeDuplex(near);
    const duplex = toNodeDuplex(connection);
    duplex.on("error", () => {});
    const closed = new Promise((resolve) => duplex.on("close", resolve));
    duplex.destroy(new Error("stop"));
    await closed;
    while (connection.state === "open") await turn();
    expect(connection.state).toBe("failed");
    expect(near.destroyed).toBe(true);
  });

  it("refuses a duplex that has ended", () => {
    const ended = new Duplex({ read() {}, write() {} });
    ended.destroy();
    expect(() => fromNodeDuplex(ended)).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
  });
});

/** Puts a `write` there that drops its callback, as middleware does. */
function forgetCallbacks(stream: Writable): void {
  const write = stream.write.bind(stream);
  stream.write = ((chunk: Buffer) => write(chunk)) as Writable["write"];
}

describe("fromNodeWritable of streams that are told apart", () => {
  it.each([undefined, null, "out.txt", {}, { write() {} }, { write() {}, end() {} }])(
    "refuses what can't be driven at once: %o",
    (bare) => {
      expect(() => fromNodeWritable(bare as never)).toThrow(
        expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
      );
    },
  );

  it("hands the stream back with release: open, and with no listener left", async () => {
    const stream = new PassThrough();
    const before = stream.eventNames().map((name) => [name, stream.listenerCount(name)]);
    const out = fromNodeWritable(stream);
    await out.writeAll("first ");
    await out.release();
    expect(out.state).toBe("closed");
    expect(stream.eventNames().map((name) => [name, stream.listenerCount(name)])).toEqual(before);
    stream.end("second");
    expect(Buffer.concat(await stream.toArray()).toString()).toBe("first second");
    await expect(out.writeAll("x")).rejects.toMatchObject({ code: "ERR_AW_CLOSED" });
  });

  it("leaves no listener after close", async () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
    const out = fromNodeWritable(stream);
    await out.close();
    await turn();
    for (const name of ["error", "close", "drain", "finish"]) {
      expect(stream.listenerCount(name), name).toBe(0);
    }
  });

  it("waits for drain where write was replaced by one that forgets its callback", async () => {
    const stream = new PassThrough({ highWaterMark: 10 });
    forgetCallbacks(stream);
    const out = fromNodeWritable(stream);
    await out.writeAll("more than ten bytes");
    let flushed = false;
    const flushing = out.flush().then(() => {
      flushed = true;
    });
    await turn();
    expect(flushed).toBe(false);
    stream.resume();
    await flushing;
    await out.close();
  });

  it("a stream that is closed without finish, but took everything, has ended well", async () => {
    const stream = new Writable({ autoDestroy: false, write: (_c, _e, done) => done() });
    stream.end = (() => {
      stream.emit("finish");
      stream.emit("close");
      return stream;
    }) as Writable["end"];
    const out = fromNodeWritable(stream);
    await out.writeAll("x");
    await out.close();
    expect(out.state).toBe("closed");
  });

  it("a stream that closes with bytes left to write fails close", async () => {
    const stuck = new PassThrough({ highWaterMark: 10 });
    forgetCallbacks(stuck);
    const out = fromNodeWritable(stuck);
    await out.writeAll("few");
    await out.writeAll("x".repeat(100));
    const closing = out.close();
    await turn();
    stuck.destroy();
    await expect(closing).rejects.toMatchObject({ code: "ERR_AW_BROKEN_PIPE" });
  });

  it("an old stream without destroy survives an abort", async () => {
    const old = Object.assign(new EventEmitter(), { write: () => true, end() {} });
    const out = fromNodeWritable(old as never);
    await out.writeAll("x");
    out.abort();
    expect(out.state).toBe("failed");
  });
});

describe("toNodeDuplex", () => {
  it.each([
    [{}, /expected/],
    [memory(), /no readable stream; is it a Connection\?/],
    [Object.assign(memory(), { readable: {} }), /no readable stream/],
  ])("refuses what is no connection: %#", (target, words) => {
    expect(() => toNodeDuplex(target as never)).toThrow(
      expect.objectContaining({
        code: "ERR_AW_INVALID_ARGUMENT",
        message: expect.stringMatching(words) as string,
      }),
    );
  });

  it("refuses a connection that somebody reads, and begins nothing", async () => {
    const [near] = duplexPair();
    const connection = fromNodeDuplex(near);
    const reader = connection.readable.getReader();
    expect(() => toNodeDuplex(connection)).toThrow(
      expect.objectContaining({
        code: "ERR_AW_INVALID_ARGUMENT",
        message: expect.stringContaining("release the reader (releaseLock)") as string,
      }),
    );
    // Nobody listens to the connection: its failure is no error of a stream that nobody has.
    reader.releaseLock();
    connection.abort();
    await turn();
  });

  it.each([{ readableHighWaterMark: -1 }, { writableHighWaterMark: 1.5 }, { highWaterMark: 5 }])(
    "refuses options that can't be meant: %j",
    (options) => {
      const [near] = duplexPair();
      expect(() => toNodeDuplex(fromNodeDuplex(near), options as object)).toThrow(
        expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
      );
    },
  );
});

describe("a toNodeWritable that is destroyed", () => {
  it.each(["write", "writev", "final"])(
    "gives up the %s that waits, and leaves no listener on the writer",
    async (what) => {
      const gate = new Gate();
      const stream = toNodeWritable(gate).on("error", () => {});
      if (what === "writev") stream.cork();
      if (what !== "final") stream.write("one");
      if (what === "writev") stream.write("two");
      if (what === "writev") stream.uncork();
      if (what === "final") stream.end();
      await turn();
      stream.destroy();
      await turn();
      gate.open = true;
      gate.release();
      await turn();
      expect(gate.text).toBe("");
      expect(gate.calls).toEqual(["abort the stream was destroyed before it ended"]);
    },
  );

  it("is not destroyed again by the writer that it aborted", async () => {
    const stream = toNodeWritable(new Gate());
    const errors: unknown[] = [];
    stream.on("error", (error) => errors.push(error));
    stream.destroy();
    await turn();
    expect([errors, stream.errored]).toEqual([[], null]);
  });

  it.each([undefined, {}, "out"])("is made of a writer only: %j", (target) => {
    expect(() => toNodeWritable(target as never)).toThrow(
      expect.objectContaining({
        code: "ERR_AW_INVALID_ARGUMENT",
        message: expect.stringContaining("toNodeWritable") as string,
      }),
    );
  });
});

describe("a stream that can't be written to", () => {
  it.each([
    { writable: false },
    { writable: true, writableEnded: true },
    { writable: false, writableEnded: false },
  ])("is refused: %j", (state) => {
    const stream = Object.assign(new EventEmitter(), { write: () => true, end() {} }, state);
    expect(() => fromNodeWritable(stream as never)).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
  });

  it.each([undefined, null, {}])("is no duplex: %j", (nothing) => {
    expect(() => fromNodeDuplex(nothing as never)).toThrow(
      expect.objectContaining({
        code: "ERR_AW_INVALID_ARGUMENT",
        message: expect.stringContaining("is not a Duplex") as string,
      }),
    );
  });

  it("fails its writer with the error that it emits while it idles", async () => {
    const stream = new EventEmitter();
    const out = fromNodeWritable(Object.assign(stream, { write: () => true, end() {} }) as never);
    stream.emit("error", new Error("the tape is torn"));
    await expect(out.writeAll("x")).rejects.toThrow("the tape is torn");
  });
});
