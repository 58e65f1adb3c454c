import type { AsyncWrite } from "../trait/async-write.ts";
import { byteLength } from "../slab/bytes.ts";
import { describe } from "../trait/describe.ts";
import { checkOptions } from "../options/check-options.ts";
import { checkWriter, isWriter } from "../options/check-writer.ts";
import { oneOf, type Schema } from "../options/rules.ts";
import { invalidArgument } from "../trait/invalid-argument.ts";
import { PENDING, type Poll } from "../trait/poll.ts";
import { Staging } from "../slab/staging.ts";
import type { Waker } from "../trait/waker.ts";
import { Writer } from "../writer/writer.ts";
import { checkAccepted, checkReady, writeZero } from "../trait/accepted.ts";

export interface TeeOptions {
  /**
   * - "fail" (default): the first failure of a branch fails the tee.
   * - "drop": a branch that fails is left out from then on; the last one fails the tee.
   */
  onError?: "fail" | "drop" | undefined;
}

const OPTIONS: Schema<TeeOptions> = { onError: oneOf("fail", "drop") };

/** How much is taken at a time, in bytes: all branches get it before the next is taken. */
const BLOCK = 64 * 1024;

/**
 * Writes every byte to all branches. The slowest sets the pace: at most 64 KiB wait for it. Flush and
 * close are ready when they are with every branch.
 *
 * ```ts
 * const out = tee(file, gzip(socket));
 * const lossy = tee(file, socket, { onError: "drop" });
 * ```
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` without a branch, or if one is not a
 * writer
 */
export function tee(...args: readonly [...AsyncWrite[], AsyncWrite | TeeOptions]): TeeWriter {
  const last = args.at(-1);
  const hasOptions = isPlain(last) && !isWriter(last);
  const branches = hasOptions ? args.slice(0, -1) : args;
  for (const branch of branches) checkWriter("tee", branch);
  if (hasOptions) checkOptions("tee", last, OPTIONS);
  if (branches.length === 0) {
    throw invalidArgument("tee: expected at least one writer");
  }
  return new TeeWriter(branches as AsyncWrite[], hasOptions ? last : {});
}

/** Options are written in place; anything else was meant to be a branch. */
function isPlain(value: unknown): value is TeeOptions {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** One of the writers, and how far it has come. */
interface Branch {
  readonly writer: AsyncWrite;
  /** How much of the staged block it has taken. */
  taken: number;
  /** Whether the flush under way is done here: polling it again would begin another one. */
  flushed: boolean;
  closed: boolean;
}

export class TeeWriter extends Writer {
  readonly #staged = new Staging();
  readonly #drop: boolean;
  #branches: Branch[];

  constructor(writers: readonly AsyncWrite[], options: TeeOptions = {}) {
    super();
    this.#branches = writers.map((writer) => ({ writer, taken: 0, flushed: false, closed: false }));
    this.#drop = options.onError === "drop";
  }

  /** The branches that are still written to. */
  get writers(): readonly AsyncWrite[] {
    return this.#branches.map(({ writer }) => writer);
  }

  pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.state !== "open") this.refuse();
    return this.#take(waker, [buf], buf.length);
  }

  override pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    if (this.state !== "open") this.refuse();
    return this.#take(waker, bufs, byteLength(bufs));
  }

  /** Gathering many buffers is one call instead of many. */
  override get isVectored(): boolean {
    return true;
  }

  pollFlush(waker: Waker): Poll<void> {
    this.check();
    if (this.state === "closed") return;
    if (this.#pour(waker) === PENDING) return PENDING;
    const result = this.#each(waker, (branch) => {
      if (branch.flushed) return;
      const answer = branch.writer.pollFlush(waker);
      if (answer === PENDING) return PENDING;
      checkReady(answer, branch.writer);
      branch.flushed = true;
    });
    if (result !== PENDING) this.#forgetFlush();
    return result;
  }

  pollClose(waker: Waker): Poll<void> {
    this.check();
    if (this.state === "closed") return;
    this.beginClose();
    if (this.#pour(waker) === PENDING) return PENDING;
    const result = this.#each(waker, (branch) => {
      if (branch.closed) return;
      const answer = branch.writer.pollClose(waker);
      if (answer === PENDING) return PENDING;
      checkReady(answer, branch.writer);
      branch.closed = true;
    });
    if (result !== PENDING) this.endClose();
    return result;
  }

  protected override listenBelow(): () => void {
    const removers = this.#branches.map((branch) =>
      branch.writer.onFailure?.((failure) => this.#giveUp(branch, failure)),
    );
    return () => {
      for (const remove of removers) remove?.();
    };
  }

  override toString(): string {
    return `tee(${this.#branches.map(({ writer }) => describe(writer)).join(", ")})`;
  }

  protected override cleanUp(): void {
    this.#staged.release();
  }

  protected override onAbort(reason: unknown): void {
    for (const { writer } of this.#branches) writer.abort?.(reason);
  }

  #take(waker: Waker, bufs: readonly Uint8Array[], length: number): Poll<number> {
    if (length === 0) return 0;
    if (this.#pour(waker) === PENDING) return PENDING;
    this.#staged.open(BLOCK, BLOCK);
    for (const buf of bufs) if (this.#staged.put(buf) < buf.length) break;
    const n = this.#staged.length;
    this.#forgetFlush();
    try {
      void this.#pour(waker);
    } catch {
      // The bytes are accepted: what failed is latched, and thrown by the next poll (AW-WRITE-6).
    }
    return n;
  }

  #forgetFlush(): void {
    for (const branch of this.#branches) branch.flushed = false;
  }

  /** Gives every branch what is staged. */
  #pour(waker: Waker): Poll<void> {
    if (this.#staged.length === 0) return;
    const bytes = this.#staged.view();
    const result = this.#each(waker, (branch) => {
      while (branch.taken < bytes.length) {
        const rest = branch.taken === 0 ? bytes : bytes.subarray(branch.taken);
        const n = branch.writer.pollWrite(waker, rest);
        if (n === PENDING) return PENDING;
        if (n === 0) throw writeZero(branch.writer);
        branch.taken += checkAccepted(n, rest.length, branch.writer);
      }
    });
    if (result === PENDING) return PENDING;
    for (const branch of this.#branches) branch.taken = 0;
    this.#staged.release();
  }

  /** A branch has failed: so has the tee, unless it drops the branch and goes on with others. */
  #giveUp(branch: Branch, error: unknown): void {
    if (!this.#branches.includes(branch)) return;
    if (!this.#drop || this.#branches.length === 1) {
      this.fail(error);
      return;
    }
    this.#branches = this.#branches.filter((other) => other !== branch);
    branch.writer.abort?.(error);
  }

  /** Polls all branches, whether or not one is PENDING; fails or drops those that throw. */
  #each(waker: Waker, poll: (branch: Branch) => Poll<void>): Poll<void> {
    let pending = false;
    for (const branch of this.#branches) {
      try {
        if (poll(branch) === PENDING) pending = true;
      } catch (error) {
        this.#giveUp(branch, error);
        this.check();
      }
    }
    return pending ? this.park(waker) : undefined;
  }
}
