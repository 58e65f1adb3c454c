import {
  memory,
  PENDING,
  TransformEngine,
  Writer,
  type AsyncWrite,
  type Done,
  type TransformControl,
  type Transformer,
} from "@aw/core";
import { describe, expect, it } from "vitest";
import {
  bytes,
  CountingWaker,
  counted,
  Recording,
  RecordingWriter,
  turn,
  twice,
} from "../instruments.ts";

const waker = new CountingWaker();

/**
 * A toy format: each byte is written twice, "|" marks a flush, "." the end. `delayed` steps are
 * answered when the test says so.
 */
class Doubling implements Transformer {
  readonly steps: string[] = [];
  readonly open: (() => void)[] = [];
  delayed = false;
  released = 0;
  failWith: Error | undefined;
  control!: TransformControl;
  transformAndFlush?: (block: Uint8Array, done: Done) => void;

  start(control: TransformControl): void {
    this.control = control;
  }

  answer(): void {
    this.open.shift()?.();
  }

  transform(block: Uint8Array, done: Done): void {
    this.steps.push(`transform ${block.length}`);
    this.#step(done, () => {
      this.control.push(twice(block));
    });
  }

  flush(done: Done): void {
    this.steps.push("flush");
    this.#step(done, () => this.control.push(bytes("|")));
  }

  finish(done: Done): void {
    this.steps.push("finish");
    this.#step(done, () => this.control.push(bytes(".")));
  }

  release(): void {
    this.released++;
  }

  toString(): string {
    return "doubling";
  }

  #step(done: Done, work: () => void): void {
    const run = (): void => {
      if (this.failWith !== undefined) {
        done(this.failWith);
        return;
      }
      work();
      done();
    };
    if (this.delayed) this.open.push(run);
    else run();
  }
}

function doubling(
  inner: AsyncWrite,
  blockSize?: number,
  by: Doubling = new Doubling(),
  eager?: boolean,
) {
  return { by, out: new Writer(new TransformEngine(inner, by, { blockSize, eager })) };
}

function doubled(text: string): string {
  return [...text].map((letter) => letter + letter).join("");
}

describe("TransformEngine", () => {
  it("gathers until flush, then makes everything so far arrive", async () => {
    const inner = memory();
    const { by, out } = doubling(inner);
    await out.writeAll("ab");
    await out.writeAll("c");
    expect(inner.text()).toBe("");
    expect([by.control.bytesIn, by.control.bytesOut]).toEqual([3, 0]);
    await out.flush();
    expect(inner.text()).toBe("aabbcc|");
    expect(by.steps).toEqual(["transform 3", "flush"]);
    expect([by.control.bytesIn, by.control.bytesOut]).toEqual([3, 7]);
  });

  it("transforms what a turn brought at its end, if it is eager", async () => {
    const inner = memory();
    const { by, out } = doubling(inner, undefined, undefined, true);
    await out.writeAll("ab");
    await out.writeAll("c");
    expect(by.steps).toEqual([]);
    await turn();
    expect(inner.text()).toBe("aabbcc");
    expect(by.steps).toEqual(["transform 3"]);
    by.delayed = true;
    await out.writeAll("d");
    await turn();
    await out.writeAll("e");
    await turn();
    await out.writeAll("f");
    await turn();
    expect(by.steps).toEqual(["transform 3", "transform 1"]);
    by.answer();
    by.answer();
    expect(inner.text()).toBe("aabbccddeeff");
    expect(by.steps).toEqual(["transform 3", "transform 1", "transform 2"]);
    await turn();
    expect(by.steps).toHaveLength(3);
  });

  it("gathers a list of buffers in one call, of which it is eager, too", async () => {
    const inner = memory();
    const { by, out } = doubling(inner, 4, undefined, true);
    expect(out.isVectored).toBe(true);
    expect(out.pollVectoredWrite(waker, [bytes(""), bytes("abcd"), bytes(""), bytes("e")])).toBe(5);
    await turn();
    expect(by.steps).toEqual(["transform 4", "transform 1"]);
    expect(inner.text()).toBe("aabbccddee");
    expect(out.pollVectoredWrite(waker, [])).toBe(0);
    await out.close();
    expect(() => out.pollVectoredWrite(waker, [])).toThrow(
      expect.objectContaining({ code: "ERR_AW_CLOSED" }),
    );
  });

  it("that is eager does nothing at the end of a turn in which it was aborted or closed", async () => {
    const { by: a, out: aborted } = doubling(memory(), undefined, undefined, true);
    await aborted.writeAll("ab");
    aborted.abort();
    const inner = memory();
    const { by: b, out: closed } = doubling(inner, undefined, undefined, true);
    await closed.writeAll("ab");
    await closed.close();
    await turn();
    expect([a.steps, b.steps]).toEqual([[], ["transform 2", "finish"]]);
    expect(inner.text()).toBe("aabb.");
  });

  it("flushes through an inner writer that is PENDING every second call", async () => {
    const inner = new RecordingWriter({ maxBytes: 2, pending: true });
    const { out } = doubling(inner);
    await out.writeAll("abc");
    await out.flush();
    expect(inner.text).toBe("aabbcc|");
    await out.writeAll("d");
    await out.flush();
    expect(inner.text).toBe("aabbcc|dd|");
  });

  it("is not flushed by a flush that ended before the bytes came", async () => {
    class SlowFlush extends Recording {
      flushes = false;

      override pollFlush(own: CountingWaker): ReturnType<Recording["pollFlush"]> {
        return this.flushes ? super.pollFlush(own) : this.latch.register(own);
      }
    }
    const inner = new SlowFlush();
    const { out } = doubling(inner);
    expect(out.pollFlush(waker)).toBe(PENDING);
    inner.flushes = true;
    inner.release();
    await turn();
    inner.flushes = false;
    out.pollWrite(waker, bytes("a"));
    expect(out.pollFlush(waker)).toBe(PENDING);
    expect(out.pollFlush(waker)).toBe(PENDING);
    inner.flushes = true;
    inner.release();
    await turn();
    expect(out.pollFlush(waker)).toBe(undefined);
  });

  it("goes on gathering after a flush, whatever output comes by itself", async () => {
    const inner = memory();
    const { by, out } = doubling(inner);
    await out.writeAll("a");
    await out.flush();
    await out.writeAll("b");
    by.control.push(bytes("!"));
    expect(inner.text()).toBe("aa|!");
    expect(by.steps).toEqual(["transform 1", "flush"]);
  });

  it("adds nothing at an idle flush, but flushes the inner writer", async () => {
    const inner = new RecordingWriter();
    const { out } = doubling(inner);
    await out.flush();
    await out.writeAll("a");
    await out.flush();
    await out.flush();
    expect(inner.text).toBe("aa|");
    expect(inner.calls.filter((call) => call === "flush")).toHaveLength(3);
  });

  it("transforms and flushes in one step where there is one for both", async () => {
    const inner = memory();
    const { by, out } = doubling(inner, 4);
    by.transformAndFlush = (block, done) => {
      by.steps.push("both");
      by.transform(block, (error) => {
        by.control.push(bytes("!"));
        done(error);
      });
    };
    await out.writeAll("abcdef");
    await out.flush();
    await out.flush();
    expect(inner.text()).toBe("aabbccddeeff!");
    // Only what was transformed before needs a flush by itself; the end is one anyway.
    await out.writeAll("ghij");
    await out.flush();
    await out.writeAll("k");
    const flushed = out.flush();
    await out.writeAll("l");
    await Promise.all([flushed, out.close()]);
    expect(inner.text()).toBe("aabbccddeeff!gghhiijj|kk!ll.");
    const flushes = ["both", "flush", "both", "finish"];
    expect(by.steps.filter((step) => step.length < 7)).toEqual(flushes);
  });

  it("leaves a block that is kept as it is, while others follow", async () => {
    class Keeping extends Doubling {
      readonly kept: { block: Uint8Array; release: () => void }[] = [];

      override transform(block: Uint8Array, done: Done): void {
        this.kept.push({ block, release: this.control.keepBlock() });
        done();
      }
    }
    const by = new Keeping();
    const { out } = doubling(memory(), 4, by);
    await out.writeAll("abcdefghijkl");
    const text = (): string[] => by.kept.map(({ block }) => String.fromCharCode(...block));
    expect(text()).toEqual(["abcd", "efgh", "ijkl"]);
    // What was released is used again.
    by.kept[0]?.release();
    await out.writeAll("mnop");
    expect(text()).toEqual(["mnop", "efgh", "ijkl", "mnop"]);
  });

  it("starts with blocks of 64 KiB, which grow while they fill", async () => {
    const { by, out } = doubling(memory(), 256 * 1024);
    for (let index = 0; index < 640; index++) await out.writeAll(counted(1024));
    await out.flush();
    expect(by.steps).toEqual([
      `transform ${64 * 1024}`,
      `transform ${256 * 1024}`,
      `transform ${256 * 1024}`,
      `transform ${64 * 1024}`,
      "flush",
    ]);
  });

  it("transforms a block as soon as it is full", async () => {
    const inner = memory();
    const { out } = doubling(inner, 4);
    await out.writeAll("abcdefg");
    expect(inner.text()).toBe(doubled("abcd"));
  });

  it("ends the format once and closes the inner writer once", async () => {
    const inner = new RecordingWriter();
    const { by, out } = doubling(inner);
    await out.writeAll("ab");
    await out.close();
    await out.close();
    expect(inner.text).toBe("aabb.");
    expect(inner.calls.filter((call) => call === "close")).toHaveLength(1);
    expect(by.released).toBe(1);
    expect(by.steps).toEqual(["transform 2", "finish"]);
  });

  it("leaves a valid empty stream when nothing was written", async () => {
    const inner = memory();
    await doubling(inner).out.close();
    expect(inner.text()).toBe(".");
  });

  it.each([1, 2, 3, 64])(
    "is exact over a %i-byte inner writer that is PENDING every second call",
    async (maxBytes) => {
      const inner = new RecordingWriter({ maxBytes, pending: true });
      const { out } = doubling(inner, 5);
      for (const text of ["a", "bcdefgh", "", "ijklmnopqrstuvwxyz"]) await out.writeAll(text);
      await out.close();
      expect(inner.text).toBe(`${doubled("abcdefghijklmnopqrstuvwxyz")}.`);
    },
  );

  it("holds two blocks and their output at most", async () => {
    const inner = new RecordingWriter();
    inner.stalled = true;
    const { out } = doubling(inner, 100);
    let accepted = 0;
    for (;;) {
      const n = out.pollWrite(waker, counted(30));
      if (n === PENDING) break;
      accepted += n;
    }
    // One block is transformed and waits as output, two more wait as they are.
    expect(accepted).toBeLessThanOrEqual(300);
    const wakes = waker.wakes;
    inner.release();
    await turn();
    expect(waker.wakes).toBeGreaterThan(wakes);
    await out.close();
    expect(inner.received).toHaveLength(accepted * 2 + 1);
  });

  it("fills the next block while one is transformed elsewhere", async () => {
    const inner = memory();
    const { by, out } = doubling(inner, 4);
    by.delayed = true;
    expect(out.pollWrite(waker, bytes("abcd"))).toBe(4);
    expect(out.pollWrite(waker, bytes("efgh"))).toBe(4);
    expect(out.pollWrite(waker, bytes("i"))).toBe(PENDING);
    by.answer();
    expect(inner.text()).toBe(doubled("abcd"));
    expect(out.pollWrite(waker, bytes("i"))).toBe(1);
  });

  it("pushes output on in the background, without anyone polling", async () => {
    const inner = new RecordingWriter({ maxBytes: 1, pending: true });
    const { out } = doubling(inner, 2);
    out.pollWrite(waker, bytes("ab"));
    while (inner.received.length < 4) await turn();
    expect(inner.text).toBe("aabb");
  });

  it("reports an error of the inner writer during the trailer", async () => {
    const inner = new RecordingWriter();
    const { by, out } = doubling(inner);
    by.delayed = true;
    const closed = out.close();
    inner.failNext = Object.assign(new Error("reset"), { code: "ECONNRESET" });
    by.answer();
    await expect(closed).rejects.toMatchObject({ code: "ERR_AW_CONNECTION_RESET" });
    expect(by.released).toBe(1);
  });

  it("latches an error of the transformer and leaves the inner writer as it is", async () => {
    const inner = memory();
    const { by, out } = doubling(inner);
    by.failWith = new Error("corrupt");
    await out.writeAll("a");
    const failure = await out.flush().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "ERR_AW_IO" });
    expect(await out.close().catch((error: unknown) => error)).toBe(failure);
    expect(inner.state).toBe("open");
    expect(by.released).toBe(1);
  });

  it("notices at an idle flush that the inner writer is dead", async () => {
    const inner = memory();
    const { out } = doubling(inner);
    inner.abort("gone");
    await expect(out.flush()).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "gone" });
  });

  it("writes no trailer after abort, and aborts the inner writer", async () => {
    const inner = memory();
    const { by, out } = doubling(inner);
    by.delayed = true;
    await out.writeAll("a");
    const closing = out.close();
    out.abort("stop");
    by.answer();
    by.answer();
    await expect(closing).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "stop" });
    expect(by.control.push(bytes("late"))).toBe(true);
    expect([by.control.bytesIn, by.control.bytesOut]).toEqual([1, 0]);
    expect(inner.text()).toBe("");
    expect(inner.state).toBe("failed");
    expect(by.released).toBe(1);
  });

  it("can be flushed while it closes, and after", async () => {
    const inner = new RecordingWriter({ maxBytes: 1, pending: true });
    const { out } = doubling(inner);
    await out.writeAll("abc");
    const closing = out.close();
    await out.flush();
    await closing;
    await out.flush();
    expect(inner.text).toBe("aabbcc.");
  });

  it("tells its caller to pause while much output waits, and when to go on", async () => {
    /** Expands each byte to a stream of chunks, as a decoder of a small bomb does. */
    class Expanding implements Transformer {
      left = 0;
      pauses = 0;
      control!: TransformControl;
      #done: Done = () => {};

      start(control: TransformControl): void {
        this.control = control;
      }

      transform(block: Uint8Array, done: Done): void {
        this.left = block.length * 30;
        this.#done = done;
        this.resume();
      }

      resume(): void {
        while (this.left > 0) {
          this.left--;
          if (!this.control.push(new Uint8Array(10_000))) {
            this.pauses++;
            return;
          }
        }
        this.#done();
      }
    }
    const inner = new RecordingWriter();
    inner.stalled = true;
    const by = new Expanding();
    const out = new Writer(new TransformEngine(inner, by));
    await out.writeAll("ab");
    const closing = out.close();
    expect(by.pauses).toBe(1);
    expect(by.control.bytesOut).toBeLessThan(300_000);
    inner.release();
    await closing;
    expect(inner.received).toHaveLength(600_000);
  });

  it("says what it is made of", () => {
    expect(String(doubling(memory()).out)).toBe("doubling > memory");
  });

  it.each<[string, (engine: TransformEngine) => unknown]>([
    ["write", (engine) => engine.pollWrite(waker, counted(4))],
    ["vectored write", (engine) => engine.pollVectoredWrite(waker, [counted(4)])],
    ["flush", (engine) => engine.pollFlush(waker)],
    ["close", (engine) => engine.pollClose(waker)],
  ])("fails a %s that meets the failure of the inner writer within its call", (_name, poll) => {
    const inner = new RecordingWriter();
    const engine = new TransformEngine(inner, new Doubling(), { blockSize: 4 });
    inner.stalled = true;
    while (engine.pollWrite(waker, counted(4)) !== PENDING);
    // Nobody is told: the call meets it.
    inner.stalled = false;
    inner.failNext = new Error("broken");
    expect(() => poll(engine)).toThrow("broken");
    expect(engine.state).toBe("failed");
  });

  it("fails a flush that was not answered before the failure", async () => {
    const inner = new RecordingWriter();
    const engine = new TransformEngine(inner, new Doubling());
    engine.pollWrite(waker, bytes("a"));
    inner.stalled = true;
    expect(engine.pollFlush(waker)).toBe(PENDING);
    inner.release();
    await turn();
    expect(inner.calls).toContain("flush");
    engine.abort("why");
    expect(() => engine.pollFlush(waker)).toThrow(
      expect.objectContaining({ code: "ERR_AW_ABORTED", cause: "why" }),
    );
  });

  it("releases a kept block once, however often it is asked to", async () => {
    const inner = memory();
    const by = new Doubling();
    const { out } = doubling(inner, 4, by);
    const kept: (() => void)[] = [];
    by.transform = (block, done) => {
      kept.push(by.control.keepBlock());
      by.control.push(twice(block));
      done();
    };
    await out.writeAll("abcdefgh");
    for (const release of [...kept, ...kept]) release();
    // Nothing is in flight any more.
    by.control.keepBlock()();
    await out.writeAll("ijkl");
    await out.close();
    expect(inner.text()).toBe(`${doubled("abcdefghijkl")}.`);
  });
});
