import { PENDING, Reader, type AsyncBufRead, type Poll, type Waker } from "@aw/core";
import type { ReaderLayer, ReaderRuleId } from "../src/index.ts";

/** A reader that breaks one rule. */
export interface ReaderMutant {
  readonly rule: ReaderRuleId;
  readonly breaks: string;
  /** Other rules that break with it, and why that can't be otherwise. */
  readonly also: Partial<Record<ReaderRuleId, string>>;
  readonly layer: ReaderLayer;
}

/** A correct layer that holds nothing: each mutant changes one thing. */
export class CorrectReader implements AsyncBufRead {
  protected readonly inner: AsyncBufRead;

  constructor(inner: AsyncBufRead) {
    this.inner = inner;
  }

  pollFillBuf(waker: Waker): Poll<Uint8Array> {
    return this.inner.pollFillBuf(waker);
  }

  consume(amount: number): void {
    this.inner.consume(amount);
  }

  abort(reason?: unknown): void {
    this.inner.abort?.(reason);
  }
}

/** Overrides of {@link CorrectReader}, for one mutant. */
function mutant(
  rule: ReaderRuleId,
  breaks: string,
  change: (inner: AsyncBufRead, correct: CorrectReader) => Partial<AsyncBufRead>,
  also: ReaderMutant["also"] = {},
): ReaderMutant {
  const layer = (inner: AsyncBufRead): AsyncBufRead => {
    const correct = new CorrectReader(inner);
    return Object.assign(correct, change(inner, correct));
  };
  return { rule, breaks, also, layer };
}

const NO_BYTES = new Uint8Array(0);

/** Its promises cost nothing, so a loop of them ends only when the loop does. */
class GreedyReader extends Reader {
  override read(): Promise<Uint8Array | undefined> {
    const view = this.pollFillBuf({ wake() {} });
    if (view !== PENDING) this.consume(view.length);
    return Promise.resolve(view === PENDING ? NO_BYTES : view);
  }
}

const NOBODY_WOKEN: ReaderMutant["also"] = {
  "AW-READ-6": "nor does a failure wake anybody",
  "AW-READ-7": "nor does an abort",
};

export const READER_MUTANTS: readonly ReaderMutant[] = [
  mutant("AW-READ-1", "swaps the first two bytes", (inner) => ({
    pollFillBuf(waker) {
      const view = inner.pollFillBuf(waker);
      if (view === PENDING || view.length < 2) return view;
      const swapped = view.slice();
      swapped.set([view[1] as number, view[0] as number]);
      return swapped;
    },
  })),
  mutant(
    "AW-READ-1",
    "uses up what it has only shown",
    (inner) => {
      let shown = 0;
      return {
        pollFillBuf(waker) {
          inner.consume(shown);
          const view = inner.pollFillBuf(waker);
          shown = view === PENDING ? 0 : view.length;
          return view;
        },
        consume(amount) {
          inner.consume(amount);
          shown = 0;
        },
      };
    },
    { "AW-READ-5": "what is gone is waited for" },
  ),
  mutant(
    "AW-READ-2",
    "consumes one byte too few",
    (inner) => ({
      consume: (amount) => inner.consume(amount > 1 ? amount - 1 : amount),
    }),
    { "AW-READ-1": "with each call what is shown lags further behind" },
  ),
  mutant("AW-READ-2", "consumes what fits of an amount that can't be meant", (inner) => {
    let shown = 0;
    return {
      pollFillBuf(waker) {
        const view = inner.pollFillBuf(waker);
        if (view !== PENDING) shown = view.length;
        return view;
      },
      consume(amount) {
        const fits = Math.max(0, Math.min(Math.floor(amount) || 0, shown));
        inner.consume(fits);
        shown -= fits;
      },
    };
  }),
  mutant("AW-READ-3", "uses the memory of a view again while it is looked at", (inner) => ({
    pollFillBuf(waker) {
      const view = inner.pollFillBuf(waker);
      if (view === PENDING) return view;
      const shared = view.slice();
      queueMicrotask(() => shared.fill(0x5a));
      return shared;
    },
  })),
  mutant(
    "AW-READ-4",
    "shows an empty view while nothing is there",
    (inner) => ({
      pollFillBuf(waker) {
        const view = inner.pollFillBuf(waker);
        return view === PENDING ? NO_BYTES : view;
      },
    }),
    { "AW-READ-6": "a failure that is still to come looks like an end" },
  ),
  mutant(
    "AW-READ-5",
    "forgets the waker",
    (inner) => ({
      pollFillBuf: () => inner.pollFillBuf({ wake() {} }),
    }),
    NOBODY_WOKEN,
  ),
  mutant(
    "AW-READ-5",
    "wakes only the first waker",
    (inner) => {
      let first: Waker | undefined;
      return {
        pollFillBuf(waker) {
          first ??= waker;
          return inner.pollFillBuf(first);
        },
      };
    },
    NOBODY_WOKEN,
  ),
  mutant(
    "AW-READ-5",
    "polls within wake()",
    (inner) => ({
      pollFillBuf(waker) {
        return inner.pollFillBuf({
          wake() {
            inner.pollFillBuf(waker);
            waker.wake();
          },
        });
      },
    }),
    {
      "AW-READ-1": "in schedules, what that poll throws goes to who wakes",
      "AW-READ-6": "so does a failure",
      "AW-READ-7": "so does what an abort left",
    },
  ),
  mutant("AW-READ-6", "takes a failure for the end", (inner) => ({
    pollFillBuf(waker) {
      try {
        return inner.pollFillBuf(waker);
      } catch (error) {
        if ((error as { code?: string }).code === "ERR_AW_ABORTED") throw error;
        return NO_BYTES;
      }
    },
  })),
  mutant("AW-READ-6", "throws another object each time", (inner) => ({
    pollFillBuf(waker) {
      try {
        return inner.pollFillBuf(waker);
      } catch (error) {
        if ((error as { code?: string }).code === "ERR_AW_ABORTED") throw error;
        throw new Error("it failed", { cause: error });
      }
    },
  })),
  mutant("AW-READ-7", "does not make its source stop", () => ({ abort() {} }), {
    "AW-READ-5": "in schedules, it is polled after the abort, and waits",
  }),
  mutant("AW-READ-8", "reads ahead whatever there is", (inner) => {
    let held: Uint8Array = NO_BYTES;
    return {
      pollFillBuf(waker) {
        if (held.length > 0) return held;
        const view = inner.pollFillBuf(waker);
        if (view === PENDING || view.length === 0) return view;
        held = view.slice();
        inner.consume(held.length);
        return held;
      },
      consume(amount) {
        if (held.length === 0) inner.consume(amount);
        else if (amount >= 0 && amount <= held.length && Number.isInteger(amount)) {
          held = held.subarray(amount);
        } else inner.consume(-1);
      },
      abort(reason) {
        held = NO_BYTES;
        inner.abort?.(reason);
      },
    };
  }),
  mutant("AW-READ-9", "gives away memory that it uses again", (inner) => {
    const shared = new Uint8Array(8192);
    return {
      pollTake(waker) {
        const view = inner.pollFillBuf(waker);
        if (view === PENDING || view.length === 0) return view;
        const count = Math.min(view.length, shared.length);
        shared.set(view.subarray(0, count));
        inner.consume(count);
        return shared.subarray(0, count);
      },
    };
  }),
  {
    rule: "AW-READ-10",
    breaks: "reads without ever giving way",
    also: {},
    layer: (inner) => ({ reader: new GreedyReader(inner), bound: 0 }),
  },
];
