import {
  AsyncWriteError,
  PassThrough,
  PENDING,
  Writer,
  type AsyncWrite,
  type FailureListener,
  type Poll,
  type Waker,
} from "@aw/core";
import { Destination, type LayerFactory, type RuleId, type Supports } from "../src/index.ts";

/** What a mutant needs besides its writer to be seen. */
export interface Mutant {
  readonly rule: RuleId;
  readonly breaks: string;
  /** Other rules that break with it, and why that can't be otherwise. */
  readonly also?: Partial<Record<RuleId, string>>;
  readonly layer: LayerFactory;
  /** What it claims to do, beside what every layer does. */
  readonly supports?: Supports;
}

/** A correct layer that holds nothing: each mutant changes one thing. */
class Correct implements AsyncWrite {
  protected readonly inner: AsyncWrite;
  protected failure: unknown;
  protected isFailed = false;
  protected isClosed = false;
  protected isClosing = false;

  constructor(inner: AsyncWrite) {
    this.inner = inner;
  }

  get isVectored(): boolean {
    return this.inner.isVectored ?? false;
  }

  pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    this.checkOpen();
    return this.latch(() => this.inner.pollWrite(waker, buf));
  }

  pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    this.checkOpen();
    return this.latch(() => this.inner.pollVectoredWrite(waker, bufs));
  }

  pollFlush(waker: Waker): Poll<void> {
    this.check();
    if (!this.isClosed) return this.latch(() => this.inner.pollFlush(waker));
  }

  pollClose(waker: Waker): Poll<void> {
    this.check();
    this.isClosing = true;
    if (this.isClosed) return;
    const answer = this.latch(() => this.inner.pollClose(waker));
    this.isClosed = answer !== PENDING;
    return answer;
  }

  abort(reason?: unknown): void {
    if (this.isClosed) return;
    if (!this.isFailed) {
      this.isFailed = true;
      this.failure = new AsyncWriteError("ERR_AW_ABORTED", "aborted", { cause: reason });
    }
    this.inner.abort?.(reason);
  }

  onFailure(listener: FailureListener): () => void {
    return this.inner.onFailure?.(listener) ?? (() => {});
  }

  protected check(): void {
    if (this.isFailed) throw this.failure;
  }

  protected checkOpen(): void {
    this.check();
    if (this.isClosing) throw new AsyncWriteError("ERR_AW_CLOSED", "closed");
  }

  protected latch<T>(poll: () => T): T {
    try {
      return poll();
    } catch (error) {
      this.isFailed = true;
      this.failure = error;
      throw error;
    }
  }
}

/** Its promises cost nothing, so a loop of them ends only when the loop does. */
class Greedy extends Writer {
  override writeAll(data: Uint8Array): Promise<void> {
    this.pollWrite({ wake() {} }, data);
    return Promise.resolve();
  }
}

/** Takes what the inner writer does not, however much that is. */
class Hoarder extends Correct {
  readonly #held: Uint8Array[] = [];

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    this.checkOpen();
    if (buf.length === 0) return 0;
    this.#pass(waker);
    this.#held.push(buf.slice());
    return buf.length;
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    return this.pollWrite(waker, new Uint8Array(Buffer.concat(bufs)));
  }

  override pollFlush(waker: Waker): Poll<void> {
    this.check();
    return this.#pass(waker) === PENDING ? PENDING : super.pollFlush(waker);
  }

  override pollClose(waker: Waker): Poll<void> {
    this.check();
    this.isClosing = true;
    return this.#pass(waker) === PENDING ? PENDING : super.pollClose(waker);
  }

  #pass(waker: Waker): Poll<void> {
    for (let first = this.#held[0]; first !== undefined; first = this.#held[0]) {
      const buf = first;
      const n = this.latch(() => {
        const taken = this.inner.pollWrite(waker, buf);
        if (taken === 0) throw new AsyncWriteError("ERR_AW_WRITE_ZERO", "full");
        return taken;
      });
      if (n === PENDING) return PENDING;
      if (n === buf.length) this.#held.shift();
      else this.#held[0] = buf.subarray(n);
    }
  }
}

/** Sends by itself, but for what comes after a large write: that stays until there is another poll. */
class Straggler extends Correct {
  #held: Uint8Array = new Uint8Array(0);
  #afterLarge = false;

  override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    this.checkOpen();
    if (buf.length === 0) return 0;
    if (this.#pass(waker) === PENDING) return PENDING;
    if (this.#afterLarge && buf.length < 100) {
      this.#held = buf.slice();
      return buf.length;
    }
    const n = super.pollWrite(waker, buf);
    this.#afterLarge = n !== PENDING && n >= 65_536;
    return n;
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    this.checkOpen();
    if (empty(bufs)) return 0;
    return this.#pass(waker) === PENDING ? PENDING : super.pollVectoredWrite(waker, bufs);
  }

  override pollFlush(waker: Waker): Poll<void> {
    this.check();
    return this.#pass(waker) === PENDING ? PENDING : super.pollFlush(waker);
  }

  override pollClose(waker: Waker): Poll<void> {
    this.check();
    this.isClosing = true;
    return this.#pass(waker) === PENDING ? PENDING : super.pollClose(waker);
  }

  #pass(waker: Waker): Poll<void> {
    while (this.#held.length > 0) {
      const n = this.latch(() => {
        const taken = this.inner.pollWrite(waker, this.#held);
        if (taken === 0) throw new AsyncWriteError("ERR_AW_WRITE_ZERO", "full");
        return taken;
      });
      if (n === PENDING) return PENDING;
      this.#held = this.#held.subarray(n);
    }
  }
}

/** Whether it is what the kit makes its destination fail with. */
function isInjected(error: unknown): boolean {
  return AsyncWriteError.is(error) && error.code === "ERR_AW_IO";
}

const empty = (bufs: readonly Uint8Array[]): boolean => bufs.every((buf) => buf.length === 0);

export const correct = (inner: AsyncWrite): AsyncWrite => new Correct(inner);

function mutant(
  rule: RuleId,
  breaks: string,
  Broken: new (inner: AsyncWrite) => AsyncWrite,
  also?: Mutant["also"],
): Mutant {
  return { rule, breaks, layer: (inner) => new Broken(inner), ...(also && { also }) };
}

export const MUTANTS: readonly Mutant[] = [
  mutant(
    "AW-WRITE-1",
    "says one byte too much",
    class extends Correct {
      override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
        const n = super.pollWrite(waker, buf);
        return n === PENDING || n === 0 ? n : n + 1;
      }
    },
  ),
  mutant(
    "AW-WRITE-2",
    "forgets the waker of a write",
    class extends Correct {
      override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
        return super.pollWrite(this.isFailed ? waker : { wake() {} }, buf);
      }
    },
    {
      "AW-WAKE-1": "a waker that is never woken is not woken either when it is the latest",
      "AW-FAIL-2": "nor when there is a failure",
      "AW-ABORT-1": "nor at abort",
    },
  ),
  mutant(
    "AW-WRITE-3",
    "keeps the buffer until the next call",
    class extends Correct {
      #kept: Uint8Array = new Uint8Array(0);
      override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
        this.checkOpen();
        if (buf.length === 0) return 0;
        if (this.#pass(waker) === PENDING) return PENDING;
        this.#kept = buf;
        return buf.length;
      }
      override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
        this.checkOpen();
        if (empty(bufs)) return 0;
        if (this.#pass(waker) === PENDING) return PENDING;
        return super.pollVectoredWrite(waker, bufs);
      }
      override pollFlush(waker: Waker): Poll<void> {
        this.check();
        return this.#pass(waker) === PENDING ? PENDING : super.pollFlush(waker);
      }
      override pollClose(waker: Waker): Poll<void> {
        this.check();
        this.isClosing = true;
        return this.#pass(waker) === PENDING ? PENDING : super.pollClose(waker);
      }
      #pass(waker: Waker): Poll<void> {
        while (this.#kept.length > 0) {
          const n = this.latch(() => this.inner.pollWrite(waker, this.#kept));
          if (n === PENDING) return PENDING;
          this.latch(() => {
            if (n === 0) throw new AsyncWriteError("ERR_AW_WRITE_ZERO", "full");
          });
          this.#kept = this.#kept.subarray(n);
        }
      }
    },
  ),
  mutant(
    "AW-WRITE-4",
    "answers 0 when it has no room right now",
    class extends Correct {
      #zeros = 0;
      override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
        const n = super.pollWrite(waker, buf);
        if (n !== 0 || buf.length === 0) return n;
        return this.#zeros++ === 0 ? 0 : 1;
      }
    },
  ),
  mutant(
    "AW-WRITE-5",
    "answers an empty buffer after close",
    class extends Correct {
      override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
        return buf.length === 0 ? 0 : super.pollWrite(waker, buf);
      }
    },
  ),
  mutant(
    "AW-WRITE-6",
    "writes, and throws afterwards",
    class extends Correct {
      override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
        const before = this.inner instanceof Destination ? -1 : buf.length;
        const n = super.pollWrite(waker, buf);
        if (before > 0 && typeof n === "number" && n < before) {
          super.pollWrite(waker, buf.subarray(n));
        }
        return n;
      }
    },
    { "AW-WRITE-1": "the rest of a partial write goes out behind the count" },
  ),
  mutant(
    "AW-VEC-1",
    "turns long lists round",
    class extends Correct {
      override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
        return super.pollVectoredWrite(waker, bufs.length < 10 ? bufs : bufs.toReversed());
      }
    },
  ),
  mutant(
    "AW-VEC-2",
    "takes the first buffer, even if it is empty",
    class extends Correct {
      override get isVectored(): boolean {
        return super.isVectored;
      }
      override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
        this.checkOpen();
        return bufs[0]?.length === 0 && !empty(bufs) ? 0 : super.pollVectoredWrite(waker, bufs);
      }
    },
    { "AW-WRITE-4": "a 0 for a list with bytes reads as full for good" },
  ),
  mutant(
    "AW-VEC-3",
    "hides that the inner writer is vectored",
    class extends Correct {
      override get isVectored(): boolean {
        return false;
      }
    },
  ),
  mutant(
    "AW-FLUSH-1",
    "does not flush the inner writer",
    class extends Correct {
      override pollFlush(_waker: Waker): Poll<void> {
        this.check();
        // A failure below still shows.
        if (!this.isClosed) this.latch(() => this.inner.pollWrite(_waker, new Uint8Array(0)));
      }
    },
    { "AW-CLOSE-2": "its flush while closing writes to a writer that closes" },
  ),
  mutant(
    "AW-FLUSH-2",
    "writes a byte at each flush",
    class extends Correct {
      override pollFlush(waker: Waker): Poll<void> {
        if (!this.isClosing) super.pollWrite(waker, new Uint8Array([0]));
        return super.pollFlush(waker);
      }
    },
    { "AW-WRITE-8": "the byte is one that nobody wrote", "AW-VEC-1": "as above" },
  ),
  mutant(
    "AW-FLUSH-3",
    "refuses writes after a PENDING flush",
    class extends Correct {
      #flushing = false;
      override pollFlush(waker: Waker): Poll<void> {
        const answer = super.pollFlush(waker);
        this.#flushing = answer === PENDING && !this.isClosing;
        return answer;
      }
      override pollClose(waker: Waker): Poll<void> {
        if (this.#flushing) throw new Error("a flush is under way");
        return super.pollClose(waker);
      }
    },
    { "AW-WRITE-8": "schedules that close after a PENDING flush end early" },
  ),
  mutant(
    "AW-CLOSE-1",
    "does not close the inner writer",
    class extends Correct {
      override pollClose(waker: Waker): Poll<void> {
        this.check();
        this.isClosing = true;
        if (this.isClosed) return;
        const answer = this.latch(() => this.inner.pollFlush(waker));
        this.isClosed = answer !== PENDING;
        return answer;
      }
    },
    {
      "AW-CLOSE-3": "it does not look finished either",
      "AW-CLOSE-4": "as above",
      "AW-ABORT-1": "as above",
      "AW-WAKE-2": "as above",
    },
  ),
  mutant(
    "AW-CLOSE-2",
    "takes writes while it closes",
    class extends Correct {
      protected override checkOpen(): void {
        this.check();
      }
      override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
        if (this.isClosing && !this.isFailed && buf.length > 0) return buf.length;
        return super.pollWrite(waker, buf);
      }
    },
  ),
  mutant(
    "AW-CLOSE-3",
    "closes the inner writer at each call",
    class extends Correct {
      #ready = false;
      override pollClose(waker: Waker): Poll<void> {
        if (!this.#ready) {
          const answer = super.pollClose(waker);
          this.#ready = answer !== PENDING;
          return answer;
        }
        return this.inner.pollClose(waker);
      }
    },
  ),
  mutant(
    "AW-CLOSE-4",
    "does not end a stream without a byte",
    class extends Correct {
      #wrote = false;
      override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
        this.#wrote ||= buf.length > 0;
        return super.pollWrite(waker, buf);
      }
      override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
        this.#wrote ||= !empty(bufs);
        return super.pollVectoredWrite(waker, bufs);
      }
      override pollClose(waker: Waker): Poll<void> {
        this.check();
        if (this.#wrote) return super.pollClose(waker);
        this.isClosing = this.isClosed = true;
      }
    },
    { "AW-CLOSE-1": "schedules without a write end unfinished too" },
  ),
  mutant(
    "AW-FAIL-1",
    "throws another error at each poll",
    class extends Correct {
      protected override latch<T>(poll: () => T): T {
        try {
          return poll();
        } catch (error) {
          throw isInjected(error) ? new Error("failed", { cause: error }) : error;
        }
      }
    },
    { "AW-FAIL-5": "no poll throws what listeners were told" },
  ),
  mutant(
    "AW-FAIL-2",
    "hides a failure below from an idle flush and close",
    class extends Correct {
      #dirty = false;
      override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
        this.#dirty = true;
        return super.pollWrite(waker, buf);
      }
      override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
        this.#dirty = true;
        return super.pollVectoredWrite(waker, bufs);
      }
      override pollFlush(waker: Waker): Poll<void> {
        this.check();
        if (!this.#dirty) return;
        const answer = super.pollFlush(waker);
        this.#dirty = answer === PENDING;
        return answer;
      }
    },
    { "AW-FAIL-5": "no poll throws what listeners were told" },
  ),
  mutant(
    "AW-FAIL-3",
    "fails with EAGAIN",
    class extends Correct {
      protected override latch<T>(poll: () => T): T {
        return super.latch(() => {
          try {
            return poll();
          } catch (error) {
            if (!isInjected(error)) throw error;
            throw Object.assign(new Error("again"), { code: "EAGAIN" });
          }
        });
      }
    },
    { "AW-FAIL-5": "no poll throws what listeners were told" },
  ),
  mutant(
    "AW-FAIL-4",
    "aborts the inner writer when it fails",
    class extends Correct {
      protected override latch<T>(poll: () => T): T {
        try {
          return super.latch(poll);
        } catch (error) {
          this.inner.abort?.(error);
          throw error;
        }
      }
    },
  ),
  mutant(
    "AW-FAIL-5",
    "tells nothing to a listener that comes after the failure",
    class extends Correct {
      override onFailure(listener: FailureListener): () => void {
        return this.isFailed ? () => {} : super.onFailure(listener);
      }
    },
  ),
  mutant(
    "AW-FAIL-5",
    "calls back synchronously when it has failed already",
    class extends Correct {
      override onFailure(listener: FailureListener): () => void {
        if (!this.isFailed) return super.onFailure(listener);
        listener(AsyncWriteError.from(this.failure));
        return () => {};
      }
    },
  ),
  mutant(
    "AW-FAIL-5",
    "tells its listeners an error that polls do not throw",
    class extends Correct {
      override onFailure(listener: FailureListener): () => void {
        return super.onFailure(({ code, message }) => listener(new AsyncWriteError(code, message)));
      }
    },
  ),
  mutant(
    "AW-FAIL-6",
    "never removes a listener",
    class extends Correct {
      override onFailure(listener: FailureListener): () => void {
        super.onFailure(listener);
        return () => {};
      }
    },
  ),
  mutant(
    "AW-FAIL-7",
    "hears of a failure below only when it is polled",
    class extends PassThrough {
      override onFailure(listener: FailureListener): () => void {
        return this.latch.onFailure(listener);
      }
    },
  ),
  mutant(
    "AW-ABORT-1",
    "aborts without its reason",
    class extends Correct {
      override abort(reason?: unknown): void {
        super.abort(reason === undefined ? undefined : new Error("some reason"));
      }
    },
  ),
  mutant(
    "AW-ABORT-2",
    "closes what is below when it is aborted",
    class extends Correct {
      override abort(reason?: unknown): void {
        if (!this.isClosed && !this.isFailed && !this.isClosing) {
          try {
            this.inner.pollClose({ wake() {} });
          } catch {
            // It failed already.
          }
        }
        super.abort(reason);
      }
    },
    {
      "AW-ABORT-1": "its close takes the place of the waker that was pending",
      "AW-FAIL-5": "what is closed below tells nobody of the abort",
    },
  ),
  mutant(
    "AW-WRITE-7",
    "waits for a flush after 2 MiB",
    class extends Correct {
      #unflushed = 0;
      override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
        if (this.#unflushed > 2 * 1024 * 1024 && buf.length > 0) return PENDING;
        const n = super.pollWrite(waker, buf);
        if (n !== PENDING && buf.length >= 16_384) this.#unflushed += n;
        return n;
      }
      override pollFlush(waker: Waker): Poll<void> {
        this.#unflushed = 0;
        return super.pollFlush(waker);
      }
    },
  ),
  {
    rule: "AW-WRITE-7",
    breaks: "keeps a small write after a large one until the next poll",
    layer: (inner) => ({ writer: new Straggler(inner), bound: 100 }),
    supports: { unprompted: true },
  },
  mutant(
    "AW-WRITE-8",
    "turns writes of 100 bytes round",
    class extends Correct {
      override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
        return super.pollWrite(waker, buf.length === 100 ? buf.toReversed() : buf);
      }
    },
    {
      "AW-WRITE-1": "after a partial write, its other end looks like bytes behind the count",
      "AW-WRITE-2": "a reversed write that was PENDING",
      "AW-VEC-1": "the place of the difference may be in a vectored write",
    },
  ),
  mutant(
    "AW-WRITE-8",
    "loses text",
    class extends PassThrough {
      acceptText(text: string): boolean {
        return text.length === 3000;
      }
    },
  ),
  mutant(
    "AW-WAKE-2",
    "takes a wake for an answer",
    class extends Correct {
      #woken = false;
      override pollClose(waker: Waker): Poll<void> {
        this.check();
        if (this.#woken) this.isClosed = true;
        return super.pollClose({
          wake: () => {
            this.#woken = true;
            waker.wake();
          },
        });
      }
    },
    {
      "AW-CLOSE-1": "also where the inner writer answers PENDING and wakes at once",
      "AW-CLOSE-2": "as above",
      "AW-CLOSE-4": "as above",
      "AW-FAIL-1": "a failure wakes too",
      "AW-FAIL-2": "a failure wakes too",
    },
  ),
  mutant(
    "AW-WAKE-3",
    "polls from within wake()",
    class extends Correct {
      override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
        return super.pollWrite(
          {
            wake: () => {
              try {
                this.inner.pollWrite(waker, new Uint8Array(0));
              } catch {
                // The next poll shows it.
              }
              waker.wake();
            },
          },
          buf,
        );
      }
    },
  ),
  {
    rule: "AW-FAIR-1",
    breaks: "never lets others run",
    layer: (inner) => new Greedy(inner),
  },
  {
    rule: "AW-FAIR-2",
    breaks: "takes without end from a caller while it is stalled",
    layer: (inner) => ({ writer: new Hoarder(inner), bound: 65_536 }),
  },
  mutant(
    "AW-WAKE-1",
    "keeps its first waker",
    class extends Correct {
      #first: Waker | undefined;
      override pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
        this.#first ??= waker;
        const n = super.pollWrite(this.#first, buf);
        if (n !== PENDING) this.#first = undefined;
        return n;
      }
    },
    {
      "AW-FAIL-2": "a failure wakes the wrong one too",
      "AW-ABORT-1": "as does abort",
      "AW-WRITE-2": "the one who waits is not woken",
    },
  ),
];
