import { memory, PENDING, TransformWriter, type AsyncWrite, type Done } from "@aw/core";
import { describe, expect, it } from "vitest";
import { bytes, CountingWaker, counted, RecordingWriter, turn } from "../instruments.ts";

const waker = new CountingWaker();

/**
 * A toy format: each byte is written twice, "|" marks a flush, "." the end. `delayed` steps answer
 * when the test says so.
 */
class Doubling extends TransformWriter {
  protected readonly label = "doubling";
  readonly steps: string[] = [];
  readonly open: (() => void)[] = [];
  delayed = false;
  released = 0;
  failWith: Error | undefined;

  constructor(inner: AsyncWrite, blockSize?: number, eager?: boolean) {
    super(inner, { blockSize, eager });
  }

  answer(): void {
    this.open.shift()?.();
  }

  protected transform(block: Uint8Array, done: Done): void {
    this.steps.push(`transform ${block.length}`);
    this.#step(done, () => {
      this.push(Uint8Array.from({ length: block.length * 2 }, (_, i) => block[i >> 1] as number));
    });
  }

  protected override flushTransform(done: Done): void {
    this.steps.push("flush");
    this.#step(done, () => this.push(bytes("|")));
  }

  protected override finishTransform(done: Done): void {
    this.steps.push("finish");
    this.#step(done, () => this.push(bytes(".")));
  }

  protected override releaseTransform(): void {
    this.released++;
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

function doubled(text: string): string {
  return [...text].map((letter) => letter + letter).join("");
}

describe("TransformWriter", () => {
  it("gathers until flush, then makes everything so far arrive", async () => {
    const inner = memory();
    const out = new Doubling(inner);
    await out.writeAll("ab");
    await out.writeAll("c");
    expect(inner.text()).toBe("");
    await out.flush();
    expect(inner.text()).toBe("aabbcc|");
    expect(out.steps).toEqual(["transform 3", "flush"]);
    expect([out.bytesIn, out.bytesOut]).toEqual([3, 7]);
  });

  it("transforms what a turn brought at its end, if it is eager", async () => {
    const inner = memory();
    const out = new Doubling(inner, undefined, true);
    await out.writeAll("ab");
    await out.writeAll("c");
    expect(out.steps).toEqual([]);
    await turn();
    expect(inner.text()).toBe("aabbcc");
    expect(out.steps).toEqual(["transform 3"]);
    out.delayed = true;
    await out.writeAll("d");
    await turn();
    await out.writeAll("e");
    await turn();
    await out.writeAll("f");
    await turn();
    expect(out.steps).toEqual(["transform 3", "transform 1"]);
    out.answer();
    out.answer();
    expect(inner.text()).toBe("aabbccddeeff");
    expect(out.steps).toEqual(["transform 3", "transform 1", "transform 2"]);
    await turn();
    expect(out.steps).toHaveLength(3);
  });

  it("that is eager does nothing at the end of a turn in which it was aborted or closed", async () => {
    const aborted = new Doubling(memory(), undefined, true);
    await aborted.writeAll("ab");
    aborted.abort();
    const inner = memory();
    const closed = new Doubling(inner, undefined, true);
    await closed.writeAll("ab");
    await closed.close();
    await turn();
    expect([aborted.steps, closed.steps]).toEqual([[], ["transform 2", "finish"]]);
    expect(inner.text()).toBe("aabb.");
  });

  it("flushes through an inner writer that is PENDING every second call", async () => {
    const inner = new RecordingWriter({ maxBytes: 2, pending: true });
    const out = new Doubling(inner);
    await out.writeAll("abc");
    await out.flush();
    expect(inner.text).toBe("aabbcc|");
    await out.writeAll("d");
    await out.flush();
    expect(inner.text).toBe("aabbcc|dd|");
  });

  it("is not flushed by a flush that ended before the bytes came", async () => {
    class SlowFlush extends RecordingWriter {
      flushes = false;

      override pollFlush(own: CountingWaker): ReturnType<RecordingWriter["pollFlush"]> {
        return this.flushes ? super.pollFlush(own) : this.park(own);
      }
    }
    const inner = new SlowFlush();
    const out = new Doubling(inner);
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

  it("adds nothing at an idle flush, but flushes the inner writer", async () => {
    const inner = new RecordingWriter();
    const out = new Doubling(inner);
    await out.flush();
    await out.writeAll("a");
    await out.flush();
    await out.flush();
    expect(inner.text).toBe("aa|");
    expect(inner.calls.filter((call) => call === "flush")).toHaveLength(3);
  });

  it("transforms and flushes in one step where there is one for both", async () => {
    class InOneStep extends Doubling {
      protected override transformAndFlush(block: Uint8Array, done: Done): void {
        this.steps.push("both");
        this.transform(block, (error) => {
          this.push(bytes("!"));
          done(error);
        });
      }
    }
    const inner = memory();
    const out = new InOneStep(inner, 4);
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
    expect(out.steps.filter((step) => step.length < 7)).toEqual(flushes);
  });

  it("leaves a block that is kept as it is, while others follow", async () => {
    class Keeping extends Doubling {
      readonly kept: { block: Uint8Array; release: () => void }[] = [];

      protected override transform(block: Uint8Array, done: Done): void {
        this.kept.push({ block, release: this.keepBlock() });
        done();
      }
    }
    const out = new Keeping(memory(), 4);
    await out.writeAll("abcdefghijkl");
    const text = (): string[] => out.kept.map(({ block }) => String.fromCharCode(...block));
    expect(text()).toEqual(["abcd", "efgh", "ijkl"]);
    // What was let go of is used again.
    out.kept[0]?.release();
    await out.writeAll("mnop");
    expect(text()).toEqual(["mnop", "efgh", "ijkl", "mnop"]);
  });

  it("starts with blocks of 64 KiB, which grow while they fill", async () => {
    const out = new Doubling(memory(), 256 * 1024);
    for (let index = 0; index < 640; index++) await out.writeAll(counted(1024));
    await out.flush();
    expect(out.steps).toEqual([
      `transform ${64 * 1024}`,
      `transform ${256 * 1024}`,
      `transform ${256 * 1024}`,
      `transform ${64 * 1024}`,
      "flush",
    ]);
  });

  it("transforms a block as soon as it is full", async () => {
    const inner = memory();
    const out = new Doubling(inner, 4);
    await out.writeAll("abcdefg");
    expect(inner.text()).toBe(doubled("abcd"));
  });

  it("ends the format once and closes the inner writer once", async () => {
    const inner = new RecordingWriter();
    const out = new Doubling(inner);
    await out.writeAll("ab");
    await out.close();
    await out.close();
    expect(inner.text).toBe("aabb.");
    expect(inner.calls.filter((call) => call === "close")).toHaveLength(1);
    expect(out.released).toBe(1);
    expect(out.steps).toEqual(["transform 2", "finish"]);
  });

  it("leaves a valid empty stream when nothing was written", async () => {
    const inner = memory();
    await new Doubling(inner).close();
    expect(inner.text()).toBe(".");
  });

  it.each([1, 2, 3, 64])(
    "is exact over a %i-byte inner writer that is PENDING every second call",
    async (maxBytes) => {
      const inner = new RecordingWriter({ maxBytes, pending: true });
      const out = new Doubling(inner, 5);
      for (const text of ["a", "bcdefgh", "", "ijklmnopqrstuvwxyz"]) await out.writeAll(text);
      await out.close();
      expect(inner.text).toBe(`${doubled("abcdefghijklmnopqrstuvwxyz")}.`);
    },
  );

  it("holds two blocks and their output at most", async () => {
    const inner = new RecordingWriter();
    inner.stalled = true;
    const out = new Doubling(inner, 100);
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
    const out = new Doubling(inner, 4);
    out.delayed = true;
    expect(out.pollWrite(waker, bytes("abcd"))).toBe(4);
    expect(out.pollWrite(waker, bytes("efgh"))).toBe(4);
    expect(out.pollWrite(waker, bytes("i"))).toBe(PENDING);
    out.answer();
    expect(inner.text()).toBe(doubled("abcd"));
    expect(out.pollWrite(waker, bytes("i"))).toBe(1);
  });

  it("pushes output on in the background, without anyone polling", async () => {
    const inner = new RecordingWriter({ maxBytes: 1, pending: true });
    const out = new Doubling(inner, 2);
    out.pollWrite(waker, bytes("ab"));
    while (inner.received.length < 4) await turn();
    expect(inner.text).toBe("aabb");
  });

  it("reports an error of the inner writer during the trailer", async () => {
    const inner = new RecordingWriter();
    const out = new Doubling(inner);
    out.delayed = true;
    const closed = out.close();
    inner.failNext = Object.assign(new Error("reset"), { code: "ECONNRESET" });
    out.answer();
    await expect(closed).rejects.toMatchObject({ code: "ERR_AW_CONNECTION_RESET" });
    expect(out.released).toBe(1);
  });

  it("latches an error of the transform and leaves the inner writer as it is", async () => {
    const inner = memory();
    const out = new Doubling(inner);
    out.failWith = new Error("corrupt");
    await out.writeAll("a");
    const failure = await out.flush().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "ERR_AW_IO" });
    expect(await out.close().catch((error: unknown) => error)).toBe(failure);
    expect(inner.state).toBe("open");
    expect(out.released).toBe(1);
  });

  it("notices at an idle flush that the inner writer is dead", async () => {
    const inner = memory();
    const out = new Doubling(inner);
    inner.abort("gone");
    await expect(out.flush()).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "gone" });
  });

  it("writes no trailer after abort, and aborts the inner writer", async () => {
    const inner = memory();
    const out = new Doubling(inner);
    out.delayed = true;
    await out.writeAll("a");
    const closing = out.close();
    out.abort("stop");
    out.answer();
    out.answer();
    await expect(closing).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "stop" });
    expect(inner.text()).toBe("");
    expect(inner.state).toBe("failed");
    expect(out.released).toBe(1);
  });

  it("can be flushed while it closes, and after", async () => {
    const inner = new RecordingWriter({ maxBytes: 1, pending: true });
    const out = new Doubling(inner);
    await out.writeAll("abc");
    const closing = out.close();
    await out.flush();
    await closing;
    await out.flush();
    expect(inner.text).toBe("aabbcc.");
  });

  it("tells its caller to pause while much output waits, and when to go on", async () => {
    /** Expands each byte to a stream of chunks, as a decoder of a small bomb does. */
    class Expanding extends TransformWriter {
      protected readonly label = "expanding";
      left = 0;
      pauses = 0;
      #done: Done = () => {};

      protected transform(block: Uint8Array, done: Done): void {
        this.left = block.length * 100;
        this.#done = done;
        this.resumeTransform();
      }

      protected override resumeTransform(): void {
        while (this.left > 0) {
          this.left--;
          if (!this.push(new Uint8Array(10_000))) {
            this.pauses++;
            return;
          }
        }
        this.#done();
      }
    }
    const inner = new RecordingWriter();
    inner.stalled = true;
    const out = new Expanding(inner);
    await out.writeAll("ab");
    const closing = out.close();
    expect(out.pauses).toBe(1);
    expect(out.bytesOut).toBeLessThan(300_000);
    inner.release();
    await closing;
    expect(inner.received).toHaveLength(2_000_000);
  });

  it("says what it is made of", () => {
    expect(String(new Doubling(memory()))).toBe("doubling > memory");
  });
});
