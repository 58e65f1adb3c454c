import {
  PENDING,
  Reader,
  SourceEngine,
  toReader,
  TransformReadEngine,
  type AsyncBufRead,
  type SourceControl,
  type Waker,
} from "@aw/core";
import { describe, expect, it } from "vitest";

class CountingWaker implements Waker {
  wakes = 0;

  wake(): void {
    this.wakes++;
  }
}

const NOOP = new CountingWaker();
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const counted = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i & 0xff);

/** A reader, and the source that it reads. */
interface Subject {
  readonly reader: AsyncBufRead;
  readonly control: SourceControl;
  /** What the source was asked for. */
  readonly calls: string[];
}

function source(): Subject {
  const calls: string[] = [];
  let control!: SourceControl;
  const reader = new SourceEngine(
    {
      start: (given) => void (control = given),
      resume: () => void calls.push("resume"),
      pause: () => void calls.push("pause"),
      destroy: () => void calls.push("destroy"),
    },
    { capacity: 1000 },
  );
  return { reader, control, calls };
}

const kinds: readonly { name: string; make: () => Subject }[] = [
  { name: "SourceEngine", make: source },
  {
    name: "Reader",
    make: () => {
      const made = source();
      return { ...made, reader: new Reader(made.reader) };
    },
  },
  {
    name: "TransformReadEngine",
    make: () => {
      const made = source();
      let push!: (chunk: Uint8Array) => boolean;
      const copier = {
        start: (control: { push(chunk: Uint8Array): boolean }) => {
          push = (chunk) => control.push(chunk);
        },
        transform(block: Uint8Array, done: () => void) {
          push(block.slice());
          done();
        },
      };
      return { ...made, reader: new TransformReadEngine(made.reader, copier, { eager: true }) };
    },
  },
];

/** The view that is there once everything has run that is due. */
async function shown({ reader }: Subject): Promise<Uint8Array> {
  for (;;) {
    const view = reader.pollFillBuf(NOOP);
    if (view !== PENDING) return view;
    await turn();
  }
}

function thrown(poll: () => unknown): unknown {
  try {
    poll();
  } catch (error) {
    return error;
  }
  throw new Error("it did not throw");
}

describe.each(kinds)("$name", ({ make }) => {
  it("AW-READ-1: shows the bytes in order, and again until they are consumed", async () => {
    const subject = make();
    subject.reader.pollFillBuf(NOOP);
    subject.control.push(counted(10));
    expect(await shown(subject)).toEqual(counted(10));
    expect(await shown(subject)).toEqual(counted(10));
  });

  it("AW-READ-2: uses up what is consumed, and refuses more than was shown", async () => {
    const subject = make();
    subject.reader.pollFillBuf(NOOP);
    subject.control.push(counted(10));
    await shown(subject);
    for (const amount of [11, -1, 0.5]) {
      expect(thrown(() => subject.reader.consume(amount))).toMatchObject({
        code: "ERR_AW_INVALID_ARGUMENT",
      });
    }
    subject.reader.consume(4);
    expect(await shown(subject)).toEqual(counted(10).subarray(4));
  });

  it("AW-READ-3: leaves a view as it is while more comes", async () => {
    const subject = make();
    subject.reader.pollFillBuf(NOOP);
    subject.control.push(counted(10));
    const view = await shown(subject);
    subject.control.push(new Uint8Array(500).fill(7));
    await turn();
    expect(view).toEqual(counted(10));
  });

  it("AW-READ-4: ends with an empty view, again and again, and with nothing else", async () => {
    const subject = make();
    expect(subject.reader.pollFillBuf(NOOP)).toBe(PENDING);
    subject.control.push(new Uint8Array(0));
    await turn();
    expect(subject.reader.pollFillBuf(NOOP)).toBe(PENDING);
    subject.control.end();
    expect(await shown(subject)).toHaveLength(0);
    expect(await shown(subject)).toHaveLength(0);
  });

  it("AW-READ-5: wakes the waker of the latest poll", async () => {
    const subject = make();
    const [first, latest] = [new CountingWaker(), new CountingWaker()];
    subject.reader.pollFillBuf(first);
    subject.reader.pollFillBuf(latest);
    subject.control.push(counted(1));
    while (latest.wakes === 0) await turn();
    expect(await shown(subject)).toEqual(counted(1));
  });

  it("AW-READ-6: fails after the bytes before, with the same object ever after", async () => {
    const subject = make();
    subject.reader.pollFillBuf(NOOP);
    subject.control.push(counted(3));
    subject.control.fail(Object.assign(new Error("gone"), { code: "ECONNRESET" }));
    expect(await shown(subject)).toEqual(counted(3));
    subject.reader.consume(3);
    const failure = await shown(subject).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "ERR_AW_CONNECTION_RESET" });
    expect(thrown(() => subject.reader.pollFillBuf(NOOP))).toBe(failure);
  });

  it("AW-READ-7: is aborted at once, and makes its source stop", async () => {
    const subject = make();
    const waker = new CountingWaker();
    subject.reader.pollFillBuf(waker);
    subject.reader.abort?.("enough");
    subject.reader.abort?.("again");
    expect(subject.calls.at(-1)).toBe("destroy");
    while (waker.wakes === 0) await turn();
    expect(thrown(() => subject.reader.pollFillBuf(NOOP))).toMatchObject({
      code: "ERR_AW_ABORTED",
      cause: "enough",
    });
  });

  it("AW-READ-8: makes its source wait while nobody reads", async () => {
    const subject = make();
    subject.reader.pollFillBuf(NOOP);
    let taken = 0;
    for (let pieces = 0; pieces < 10_000 && subject.calls.at(-1) !== "pause"; pieces++) {
      subject.control.push(counted(1000));
      taken += 1000;
      if (pieces % 10 === 0) await turn();
    }
    expect(taken).toBeLessThan(300_000);
  });

  it("AW-READ-9: gives chunks away that are the caller's own", async () => {
    const subject = make();
    subject.reader.pollFillBuf(NOOP);
    subject.control.push(counted(10));
    await shown(subject);
    const chunk = subject.reader.pollTake?.(NOOP);
    expect(chunk).toEqual(counted(10));
    subject.control.push(new Uint8Array(10).fill(9));
    expect(await shown(subject)).toEqual(new Uint8Array(10).fill(9));
    expect(chunk).toEqual(counted(10));
  });

  it("AW-READ-10: a tight loop of reads lets a timer fire", async () => {
    const { reader, control } = make();
    const promised = toReader(reader);
    let fired = false;
    setTimeout(() => {
      fired = true;
    }, 1);
    for (let reads = 0; !fired && reads < 5_000_000; reads++) {
      control.push(Uint8Array.of(1));
      await promised.read();
    }
    expect(fired).toBe(true);
    reader.abort?.();
  });
});
