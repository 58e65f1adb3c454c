import { readFileSync } from "node:fs";
import { AsyncWriteError, PENDING, pollFn, type Poll, type Waker } from "@aw/core";
import { afterEach, describe, expect, it } from "vitest";
import { kinds, type Kind, type Subject } from "./subjects.ts";

class CountingWaker implements Waker {
  wakes = 0;

  wake(): void {
    this.wakes++;
  }
}

const NOOP = new CountingWaker();
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function counted(length: number, first = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (first + index) & 0xff);
}

/** Until it is woken; fails the test by its timeout if it never is. */
async function woken(waker: CountingWaker): Promise<void> {
  while (waker.wakes === 0) await turn();
}

/** Fills a stalled writer until it says PENDING for good; returns what it took. */
async function fill({ writer }: Subject, waker: Waker): Promise<Buffer> {
  const taken: Uint8Array[] = [];
  let total = 0;
  for (let full = 0; full < 100; full++) {
    // Bytes that do not compress, so that no layer can make room of them.
    const chunk = noise(10_000, total);
    const n = writer.pollWrite(waker, chunk);
    if (n === PENDING) {
      await turn();
    } else {
      full = 0;
      taken.push(chunk.slice(0, n));
      total += n;
    }
  }
  return Buffer.concat(taken);
}

/** Pseudo-random bytes, the same for the same seed. */
function noise(length: number, seed: number): Uint8Array {
  let state = seed + 0x9e3779b9;
  return Uint8Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 0xff;
  });
}

function thrown(poll: () => unknown): unknown {
  try {
    poll();
  } catch (error) {
    return error;
  }
  throw new Error("it did not throw");
}

const open: Subject[] = [];
async function make(kind: Kind): Promise<Subject> {
  const subject = await kind.make();
  open.push(subject);
  return subject;
}
afterEach(async () => {
  for (const subject of open.splice(0)) await subject.cleanUp();
});

const stalling = (kind: Kind): boolean => kind.name !== "memory" && !kind.name.startsWith("file");

describe.each(kinds)("$name", (kind) => {
  const { bound, makeFull } = kind;

  it("AW-WRITE-1: accepts exactly the count it reports", async () => {
    const subject = await make(kind);
    const { writer } = subject;
    const accepted: Uint8Array[] = [];
    for (const size of [1, 100, 5_000, 70_000, 300_000]) {
      const data = counted(size, accepted.length);
      const n = await pollFn((waker) => writer.pollWrite(waker, data));
      expect(n).toBeGreaterThan(0);
      expect(n).toBeLessThanOrEqual(size);
      accepted.push(data.subarray(0, n));
    }
    await writer.close();
    expect(Buffer.compare(await subject.delivered(), Buffer.concat(accepted))).toBe(0);
  });

  it.runIf(stalling(kind))(
    "AW-WRITE-2: PENDING takes nothing, wakes, and lets the next call bring other bytes",
    async () => {
      const subject = await make(kind);
      subject.stall?.();
      const waker = new CountingWaker();
      const taken = await fill(subject, waker);
      expect(subject.writer.pollWrite(waker, noise(10_000, 7))).toBe(PENDING);
      waker.wakes = 0;
      subject.release?.();
      await woken(waker);
      await subject.writer.writeAll("other bytes");
      await subject.writer.close();
      const expected = Buffer.concat([taken, Buffer.from("other bytes")]);
      expect(Buffer.compare(await subject.delivered(), expected)).toBe(0);
    },
  );

  it("AW-WRITE-3: never reads the buffer after the call", async () => {
    const subject = await make(kind);
    const poisoned = Buffer.alloc(20_000);
    const expected: Buffer[] = [];
    for (let round = 0; round < 20; round++) {
      poisoned.set(counted(poisoned.length, round));
      const n = await pollFn((waker) => subject.writer.pollWrite(waker, poisoned));
      expected.push(Buffer.from(poisoned.subarray(0, n)));
      poisoned.fill(0xee);
    }
    await subject.writer.close();
    expect(Buffer.compare(await subject.delivered(), Buffer.concat(expected))).toBe(0);
  });

  it.runIf(makeFull !== undefined)(
    "AW-WRITE-4: full for good is Ready(0) and ERR_AW_WRITE_ZERO",
    async () => {
      const writer = makeFull?.(10) as ReturnType<NonNullable<typeof makeFull>>;
      const failed = await writer
        .writeAll(noise(1_000_000, 1))
        .then(() => writer.close())
        .catch((error: unknown) => error);
      expect(failed).toMatchObject({ code: "ERR_AW_WRITE_ZERO" });
    },
  );

  it("AW-WRITE-5: an empty buffer is Ready(0) without effect, and throws after close", async () => {
    const subject = await make(kind);
    expect(subject.writer.pollWrite(NOOP, counted(0))).toBe(0);
    await subject.writer.close();
    expect(await subject.delivered()).toHaveLength(0);
    expect(() => subject.writer.pollWrite(NOOP, counted(0))).toThrow(AsyncWriteError);
  });

  it("AW-WRITE-6: a throw accepts nothing", async () => {
    const subject = await make(kind);
    await subject.writer.writeAll("before");
    await subject.writer.close();
    expect(() => subject.writer.pollWrite(NOOP, counted(5))).toThrow(AsyncWriteError);
    expect((await subject.delivered()).toString()).toBe("before");
  });

  it("AW-WRITE-7, AW-WRITE-8: makes its own room, and keeps bytes once and in order", async () => {
    const subject = await make(kind);
    const chunks = Array.from({ length: 200 }, (_, index) =>
      counted(1 + ((index * 797) % 3000), index),
    );
    for (const chunk of chunks) await subject.writer.writeAll(chunk);
    await subject.writer.close();
    expect(Buffer.compare(await subject.delivered(), Buffer.concat(chunks))).toBe(0);
  });

  it.runIf(kind.unprompted)("AW-WRITE-7: sends by itself all that it has accepted", async () => {
    for (const first of ["x".repeat(300_000), counted(300_000), counted(65_536), "short"]) {
      const subject = await make(kind);
      await subject.writer.writeAll(first);
      await subject.writer.writeAll("and the rest");
      const expected = Buffer.concat([Buffer.from(first), Buffer.from("and the rest")]);
      let delivered = await subject.delivered();
      while (delivered.length < expected.length) delivered = await subject.delivered();
      expect(Buffer.compare(delivered, expected)).toBe(0);
    }
  });

  it("AW-VEC-1: takes a prefix of the concatenation", async () => {
    const subject = await make(kind);
    const bufs = [counted(3), counted(0), counted(70_000, 3), counted(5, 9)];
    const n = await pollFn((waker) => subject.writer.pollVectoredWrite(waker, bufs));
    expect(n).toBeGreaterThan(0);
    await subject.writer.writeAllVectored(bufs);
    await subject.writer.close();
    const whole = Buffer.concat(bufs);
    const expected = Buffer.concat([whole.subarray(0, n), whole]);
    expect(Buffer.compare(await subject.delivered(), expected)).toBe(0);
  });

  it("AW-VEC-2: lists without bytes are empty buffers, and empties between others are skipped", async () => {
    const subject = await make(kind);
    expect(subject.writer.pollVectoredWrite(NOOP, [])).toBe(0);
    expect(subject.writer.pollVectoredWrite(NOOP, [counted(0), counted(0)])).toBe(0);
    await subject.writer.writeAllVectored([counted(0), counted(2), counted(0), counted(3, 2)]);
    await subject.writer.close();
    expect(await subject.delivered()).toEqual(Buffer.from(counted(5)));
    expect(() => subject.writer.pollVectoredWrite(NOOP, [])).toThrow(AsyncWriteError);
  });

  it("AW-VEC-3: says whether vectored calls pay", async () => {
    const { writer } = await make(kind);
    expect(typeof writer.isVectored).toBe("boolean");
  });

  it("AW-FLUSH-1: everything accepted has arrived", async () => {
    const subject = await make(kind);
    let sent = "";
    for (let index = 0; index < 5; index++) {
      const text = `part ${index} ${"x".repeat(index * 30_000)}`;
      sent += text;
      await subject.writer.writeAll(text);
      await subject.writer.flush();
      expect((await subject.delivered()).toString() === sent).toBe(true);
    }
  });

  it("AW-FLUSH-2: an idle flush is ready and writes nothing", async () => {
    const subject = await make(kind);
    await subject.writer.flush();
    await subject.writer.flush();
    expect(await subject.delivered()).toHaveLength(0);
    await subject.writer.writeAll("x");
    await subject.writer.flush();
    await subject.writer.flush();
    await subject.writer.close();
    expect((await subject.delivered()).toString()).toBe("x");
  });

  it("AW-FLUSH-3: after a PENDING flush, write, flush and close may follow", async () => {
    const subject = await make(kind);
    const { writer } = subject;
    await writer.writeAll("first ");
    writer.pollFlush(NOOP);
    await writer.writeAll("second");
    writer.pollFlush(NOOP);
    await writer.close();
    expect((await subject.delivered()).toString()).toBe("first second");
  });

  it("AW-CLOSE-1, AW-CLOSE-3: closes once, completely, and stays closed", async () => {
    const subject = await make(kind);
    await subject.writer.writeAll("all of it");
    await subject.writer.close();
    const arrived = await subject.delivered();
    await subject.writer.close();
    expect(subject.writer.pollClose(NOOP)).toBe(undefined);
    expect(await subject.delivered()).toEqual(arrived);
    expect(arrived.toString()).toBe("all of it");
    expect(await subject.finished()).toBe(true);
  });

  it("AW-CLOSE-2: refuses writes from the first call on; flush stays legal", async () => {
    const { writer } = await make(kind);
    await writer.writeAll("x");
    writer.pollClose(NOOP);
    expect(thrown(() => writer.pollWrite(NOOP, counted(1)))).toMatchObject({
      code: "ERR_AW_CLOSED",
    });
    await writer.flush();
    await writer.close();
    expect(writer.pollFlush(NOOP)).toBe(undefined);
  });

  it("AW-CLOSE-4: with nothing written leaves a valid empty stream", async () => {
    const subject = await make(kind);
    await subject.writer.close();
    expect(await subject.delivered()).toHaveLength(0);
    expect(await subject.finished()).toBe(true);
  });

  it.runIf(stalling(kind))(
    "AW-FAIL-1, AW-FAIL-2: a failure in the background wakes, and every poll throws the same",
    async () => {
      const subject = await make(kind);
      const { writer } = subject;
      subject.stall?.();
      const waker = new CountingWaker();
      await fill(subject, waker);
      expect(writer.pollWrite(waker, noise(10_000, 7))).toBe(PENDING);
      waker.wakes = 0;
      await subject.breakIt?.();
      await woken(waker);
      const failure = thrown(() => writer.pollWrite(NOOP, counted(1)));
      expect(AsyncWriteError.is(failure)).toBe(true);
      const polls: (() => Poll<unknown>)[] = [
        () => writer.pollWrite(NOOP, counted(1)),
        () => writer.pollVectoredWrite(NOOP, [counted(1)]),
        () => writer.pollFlush(NOOP),
        () => writer.pollClose(NOOP),
      ];
      for (const poll of polls) expect(thrown(poll)).toBe(failure);
    },
  );

  it.runIf(stalling(kind))(
    "AW-FAIL-3, AW-FAIL-4: a failure is no EAGAIN, and abort after it is harmless",
    async () => {
      const subject = await make(kind);
      await subject.writer.writeAll("x");
      await subject.breakIt?.();
      const failure = await subject.writer.flush().catch((error: unknown) => error);
      expect((failure as AsyncWriteError).cause).not.toMatchObject({ code: "EAGAIN" });
      subject.writer.abort();
      expect(await subject.writer.flush().catch((error: unknown) => error)).toBe(failure);
    },
  );

  it.runIf(stalling(kind))(
    "AW-FAIL-5, AW-FAIL-7: each listener is called once with what polls throw, also late",
    async () => {
      const subject = await make(kind);
      const { writer } = subject;
      const calls: AsyncWriteError[] = [];
      const first = new Promise((resolve) => writer.onFailure(resolve));
      writer.onFailure((failure) => calls.push(failure));
      writer.onFailure((failure) => calls.push(failure));
      await writer.writeAll("x");
      await writer.flush();
      await subject.breakIt?.();
      const failure = await first;
      await turn();
      writer.abort();
      expect(calls).toEqual([failure, failure]);
      expect(thrown(() => writer.pollFlush(NOOP))).toBe(failure);
      const late = Promise.withResolvers<AsyncWriteError>();
      writer.onFailure(late.resolve);
      expect(await late.promise).toBe(failure);
      await turn();
      expect(calls).toHaveLength(2);
    },
  );

  it("AW-FAIL-5, AW-FAIL-6: an abort calls listeners in a microtask, those removed never", async () => {
    const { writer } = await make(kind);
    const calls: string[] = [];
    const remove = writer.onFailure(() => calls.push("removed"));
    const removeLate = writer.onFailure(() => calls.push("removed late"));
    writer.onFailure(({ code }) => calls.push(code));
    remove();
    writer.abort("stop");
    removeLate();
    expect(calls).toEqual([]);
    await turn();
    expect(calls).toEqual(["ERR_AW_ABORTED"]);
  });

  it("AW-FAIL-6: no listener is called once it is closed", async () => {
    const { writer } = await make(kind);
    const calls: unknown[] = [];
    writer.onFailure((failure) => calls.push(failure));
    await writer.close();
    writer.onFailure((failure) => calls.push(failure));
    writer.abort();
    await turn();
    expect(calls).toEqual([]);
  });

  it("AW-ABORT-1: is synchronous and idempotent, wakes, and is thrown by later polls", async () => {
    const subject = await make(kind);
    const { writer } = subject;
    subject.stall?.();
    const waker = new CountingWaker();
    if (stalling(kind)) {
      await fill(subject, waker);
      waker.wakes = 0;
    }
    writer.abort("stop");
    writer.abort("again");
    if (stalling(kind)) await woken(waker);
    const failure = thrown(() => writer.pollWrite(NOOP, counted(1)));
    expect(failure).toMatchObject({ code: "ERR_AW_ABORTED", cause: "stop" });
    for (const poll of [() => writer.pollFlush(NOOP), () => writer.pollClose(NOOP)]) {
      expect(thrown(poll)).toBe(failure);
    }
  });

  it("AW-ABORT-2: nothing at the destination looks finished", async () => {
    const subject = await make(kind);
    await subject.writer.writeAll("half of it");
    await subject.writer.flush();
    subject.writer.abort();
    expect(await subject.finished()).toBe(false);
  });

  it.runIf(stalling(kind))(
    "AW-WAKE-1, AW-WAKE-2: wakes the latest waker; a spurious poll is harmless",
    async () => {
      const subject = await make(kind);
      subject.stall?.();
      const [first, latest] = [new CountingWaker(), new CountingWaker()];
      const taken = await fill(subject, first);
      for (let spurious = 0; spurious < 3; spurious++) {
        expect(subject.writer.pollWrite(latest, noise(10_000, 7))).toBe(PENDING);
      }
      subject.release?.();
      await woken(latest);
      await subject.writer.close();
      expect(Buffer.compare(await subject.delivered(), taken)).toBe(0);
    },
  );

  it("AW-WAKE-3: is never called into from wake()", async () => {
    const subject = await make(kind);
    let polling = false;
    await pollFn((waker) => {
      expect(polling).toBe(false);
      polling = true;
      const n = subject.writer.pollWrite(waker, counted(100));
      waker.wake();
      polling = false;
      return n;
    });
  });

  it("AW-FAIR-1: a tight loop of writes lets a timer fire", async () => {
    const { writer } = await make(kind);
    let fired = false;
    setTimeout(() => {
      fired = true;
    }, 1);
    const data = counted(16);
    for (let writes = 0; !fired && writes < 5_000_000; writes++) await writer.writeAll(data);
    expect(fired).toBe(true);
    writer.abort();
  });

  it.runIf(stalling(kind))("AW-FAIR-2: holds no more than its bound", async () => {
    const subject = await make(kind);
    subject.stall?.();
    expect((await fill(subject, NOOP)).length).toBeLessThanOrEqual(bound);
  });
});

it("every rule of the contract has a case", () => {
  const text = readFileSync(new URL("../../ARCHITECTURE.md", import.meta.url), "utf8");
  const rules = new Set(text.match(/AW-[A-Z]+-\d+/g));
  const files = ["./contract.test.ts", "./reading.test.ts"];
  const cases = files.map((file) => readFileSync(new URL(file, import.meta.url), "utf8")).join("");
  expect(rules.size).toBeGreaterThan(25);
  expect([...rules].filter((rule) => !new RegExp(`${rule}\\b`).test(cases))).toEqual([]);
});
