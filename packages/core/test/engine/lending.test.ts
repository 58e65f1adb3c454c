import { CompletionEngine, PENDING, Writer, type Destination, type Done } from "@aw/core";
import { describe, expect, it, vi } from "vitest";
import { bytes, CountingWaker, counted, turn } from "../instruments.ts";

const KIB = 1024;
const waker = new CountingWaker();

/** Answers when the test says so, or at once. */
class Slow implements Destination {
  readonly pieces: Uint8Array[] = [];
  readonly sent: Uint8Array[] = [];
  readonly answers: Done[] = [];
  finished = false;
  readonly #atOnce: boolean;

  constructor(atOnce: boolean) {
    this.#atOnce = atOnce;
  }

  transmit(data: Uint8Array, done: Done): void {
    this.pieces.push(data);
    if (this.#atOnce) {
      this.sent.push(data.slice());
      done();
      return;
    }
    this.answers.push((error) => {
      // A buffer that its owner had back too early would show here.
      this.sent.push(data.slice());
      done(error);
    });
  }

  finish(done: Done): void {
    this.answers.push(() => {
      this.finished = true;
      done();
    });
    if (this.#atOnce) this.answers.shift()?.();
  }
}

/** Lends from 16 KiB on, in pieces of 20 KiB. */
class LendingWriter extends Writer {
  readonly #to: Slow;

  constructor({ atOnce = false, capacity = 8 * KIB } = {}) {
    const to = new Slow(atOnce);
    super(new CompletionEngine(to, { capacity, lend: { from: 16 * KIB, atMost: 20 * KIB } }));
    this.#to = to;
  }

  get pieces(): Uint8Array[] {
    return this.#to.pieces;
  }

  get sent(): Uint8Array[] {
    return this.#to.sent;
  }

  get finished(): boolean {
    return this.#to.finished;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#to.sent);
  }

  answer(error?: unknown): void {
    this.#to.answers.shift()?.(error);
  }
}

/** Answers everything until `work` has settled. */
async function answering(writer: LendingWriter, work: Promise<void>): Promise<void> {
  let settled = false;
  const end = (): void => {
    settled = true;
  };
  work.then(end, end);
  for (;;) {
    await turn();
    if (settled) return work;
    writer.answer();
  }
}

describe("lending", () => {
  it("is nothing for a write that a signal may stop: its buffer is given back then", async () => {
    const writer = new LendingWriter();
    const data = counted(40 * KIB);
    const stop = new AbortController();
    let failure: unknown;
    writer.writeAll(data, { signal: stop.signal }).catch((error: unknown) => (failure = error));
    await turn();
    stop.abort("enough");
    await turn();
    expect(failure).toMatchObject({ code: "ERR_AW_ABORTED", cause: "enough" });
    expect(writer.pieces.some(({ buffer }) => buffer === data.buffer)).toBe(false);
  });

  it("hands a large buffer on without a copy, in pieces, and resolves when the last has left", async () => {
    const writer = new LendingWriter();
    const data = counted(50 * KIB);
    let resolved = false;
    const all = writer.writeAll(data).then(() => {
      resolved = true;
    });
    for (let piece = 0; piece < 3; piece++) {
      await turn();
      expect(resolved).toBe(false);
      writer.answer();
    }
    await all;
    expect(writer.pieces.map(({ length }) => length / KIB)).toEqual([20, 20, 10]);
    expect(writer.pieces.every(({ buffer }) => buffer === data.buffer)).toBe(true);
    expect(writer.bytes.equals(data)).toBe(true);
  });

  it("is ready at once, with the shared promise, when the destination takes all at once", async () => {
    // What tests before have taken of this turn does not count, and no time passes: nobody else has to run.
    await turn();
    const clock = vi.spyOn(performance, "now").mockReturnValue(performance.now());
    try {
      const writer = new LendingWriter({ atOnce: true });
      const first = writer.writeAll(counted(50 * KIB));
      expect(writer.writeAll(counted(50 * KIB))).toBe(first);
      expect(writer.sent).toHaveLength(6);
    } finally {
      clock.mockRestore();
    }
  });

  it("copies below the size, in polls, and where a signal may give the buffer back", async () => {
    const writer = new LendingWriter();
    const { signal } = new AbortController();
    const data = counted(16 * KIB);
    const small = data.subarray(1);
    for (const write of [
      () => writer.writeAll(small),
      () => writer.writeAll(data, { signal }),
      () => writer.writeAllVectored([data]),
    ]) {
      writer.pieces.length = 0;
      await answering(writer, write());
      expect(writer.pieces.some(({ buffer }) => buffer === data.buffer)).toBe(false);
    }
    writer.pieces.length = 0;
    writer.pollWrite(waker, data);
    expect(writer.pieces.some(({ buffer }) => buffer === data.buffer)).toBe(false);
  });

  it("keeps its place between what was gathered before and what is written meanwhile", async () => {
    const writer = new LendingWriter();
    await writer.writeAll("before ");
    const all = writer.writeAll(counted(16 * KIB));
    expect(writer.pollWrite(waker, bytes(" after"))).toBe(6);
    await answering(writer, all);
    await answering(writer, writer.flush());
    const expected = Buffer.concat([bytes("before "), counted(16 * KIB), bytes(" after")]);
    expect(writer.bytes.equals(expected)).toBe(true);
  });

  it("is waited for by a flush and a close that are polled meanwhile", async () => {
    const writer = new LendingWriter();
    void writer.writeAll(counted(30 * KIB));
    expect(writer.pollFlush(waker)).toBe(PENDING);
    writer.answer();
    await turn();
    expect(writer.pollFlush(waker)).toBe(PENDING);
    expect(writer.pollClose(waker)).toBe(PENDING);
    expect(writer.finished).toBe(false);
    writer.answer();
    expect(writer.pollFlush(waker)).toBe(undefined);
    expect(writer.pollClose(waker)).toBe(PENDING);
    writer.answer();
    expect(writer.pollClose(waker)).toBe(undefined);
    expect(writer.bytes.equals(counted(30 * KIB))).toBe(true);
  });

  it("rejects with how much had left, when it fails and when it is aborted", async () => {
    for (const end of [
      (writer: LendingWriter) => writer.answer(Object.assign(new Error("gone"), { code: "EPIPE" })),
      (writer: LendingWriter) => writer.abort("stop"),
    ]) {
      const writer = new LendingWriter();
      const all = writer.writeAll(counted(50 * KIB));
      writer.answer();
      await turn();
      end(writer);
      const failure: unknown = await all.catch((error: unknown) => error);
      expect(failure).toMatchObject({ bytesWritten: 20 * KIB });
      await expect(writer.flush()).rejects.toMatchObject({
        code: (failure as Error & { code: string }).code,
      });
      writer.answer();
      expect(writer.pieces).toHaveLength(2);
    }
  });

  it("lets others run between pieces that leave at once", async () => {
    let now = performance.now();
    const clock = vi.spyOn(performance, "now").mockImplementation(() => (now += 10));
    const writer = new LendingWriter({ atOnce: true });
    let others = 0;
    setImmediate(() => {
      others = writer.pieces.length;
    });
    try {
      await writer.writeAll(counted(400 * KIB));
    } finally {
      clock.mockRestore();
    }
    expect(others).toBeGreaterThan(0);
    expect(others).toBeLessThan(writer.pieces.length);
    expect(writer.bytes.equals(counted(400 * KIB))).toBe(true);
  });

  it("takes one loan at a time, and none that others have to go before", () => {
    const to = new Slow(false);
    const engine = new CompletionEngine(to, {
      capacity: 4 * KIB,
      lend: { from: 16 * KIB, atMost: 20 * KIB },
    });
    const lend = (): boolean => engine.lend(counted(16 * KIB)) !== undefined;
    engine.pollWrite(waker, counted(4 * KIB));
    engine.pollWrite(waker, bytes("gathered"));
    expect(lend()).toBe(false);
    to.answers.shift()?.();
    to.answers.shift()?.();
    expect(lend()).toBe(true);
    expect(lend()).toBe(false);
  });

  it("refuses a write after close and after a failure as any write does", async () => {
    const closed = new LendingWriter({ atOnce: true });
    await closed.close();
    await expect(closed.writeAll(counted(16 * KIB))).rejects.toMatchObject({
      code: "ERR_AW_CLOSED",
    });
    const aborted = new LendingWriter();
    aborted.abort();
    await expect(aborted.writeAll(counted(16 * KIB))).rejects.toMatchObject({
      code: "ERR_AW_ABORTED",
    });
  });

  it("keeps every byte in order through operations of all sizes, awaited or not", async () => {
    const writer = new LendingWriter();
    const expected: Uint8Array[] = [];
    const work: Promise<void>[] = [];
    for (let index = 0; index < 300; index++) {
      const data = new Uint8Array((index * 7919) % (60 * KIB)).fill(index);
      expected.push(data);
      const written = index % 3 === 0 ? writer.writeAllVectored([data]) : writer.writeAll(data);
      work.push(written);
      if (index % 5 === 0) await answering(writer, written);
      if (index % 7 === 0) work.push(writer.flush());
    }
    await answering(
      writer,
      Promise.all(work).then(() => writer.close()),
    );
    expect(writer.bytes.equals(Buffer.concat(expected))).toBe(true);
  });
});

describe("a loan whose owner polls it himself", () => {
  const engineOver = (to: Destination): CompletionEngine =>
    new CompletionEngine(to, { lend: { from: 16 * KIB, atMost: 20 * KIB } });

  it("is overtaken by nothing that is written before its first poll", () => {
    const order: number[] = [];
    const engine = engineOver({
      transmit(data, done) {
        order.push(data.length);
        done();
      },
      transmitNow(data) {
        order.push(data.length);
        return data.length;
      },
    });
    const loan = engine.lend(counted(20 * KIB));
    expect(engine.pollWrite(waker, counted(100 * KIB))).toBeGreaterThan(0);
    loan?.poll(waker);
    expect(order[0]).toBe(20 * KIB);
  });

  it("is done once its bytes have left, also if the writer has failed since", () => {
    const to = new Slow(false);
    const engine = engineOver(to);
    const [whole, cut] = [engine.lend(counted(20 * KIB)), engine.lend(counted(20 * KIB))];
    expect(cut).toBe(undefined);
    expect(whole?.poll(waker)).toBe(PENDING);
    to.answers.shift()?.();
    engine.abort("later");
    expect(whole?.poll(waker)).toBe(undefined);
  });

  it("fails with the writer while some of it has not left", () => {
    const to = new Slow(false);
    const engine = engineOver(to);
    const loan = engine.lend(counted(30 * KIB));
    expect(loan?.poll(waker)).toBe(PENDING);
    to.answers.shift()?.();
    engine.abort("now");
    expect(() => loan?.poll(waker)).toThrow(expect.objectContaining({ code: "ERR_AW_ABORTED" }));
    expect(loan?.bytesWritten).toBe(20 * KIB);
  });
});
