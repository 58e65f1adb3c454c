import { Latch } from "../../engine/latch.ts";
import { byteLength } from "../../slab/bytes.ts";
import { Staging } from "../../slab/staging.ts";
import { checkAccepted, checkReady, writeZero } from "../../trait/accepted.ts";
import type { AsyncWrite, FailureListener } from "../../trait/async-write.ts";
import { describe } from "../../trait/describe.ts";
import { engineOf, type Engine } from "../../trait/engine.ts";
import { PENDING, type Poll } from "../../trait/poll.ts";
import type { WriterState } from "../../trait/state.ts";
import type { Waker } from "../../trait/waker.ts";

/** How much is taken at a time, in bytes: all branches get it before the next is taken. */
const BLOCK = 64 * 1024;

/** One of the writers, and how far it has come. */
interface Branch {
  /** As it was given. */
  readonly given: AsyncWrite;
  readonly writer: AsyncWrite;
  /** How much of the staged block it has taken. */
  taken: number;
  /** Whether the flush under way is done here: polling it again would begin another one. */
  flushed: boolean;
  closed: boolean;
}

/** Writes every byte to all branches, the next block once all of them have the one before. */
export class TeeEngine implements Engine {
  readonly #latch: Latch = new Latch(this, () => this.#staged.release());
  readonly #staged = new Staging();
  readonly #drop: boolean;
  #branches: Branch[];

  /** @param drop whether a branch that fails is left out, as long as there is another */
  constructor(writers: readonly AsyncWrite[], drop: boolean) {
    this.#branches = writers.map((given) => ({
      given,
      writer: engineOf(given),
      taken: 0,
      flushed: false,
      closed: false,
    }));
    this.#drop = drop;
  }

  get writers(): readonly AsyncWrite[] {
    return this.#branches.map(({ given }) => given);
  }

  get state(): WriterState {
    return this.#latch.state;
  }

  pollWrite(waker: Waker, buf: Uint8Array): Poll<number> {
    if (this.#latch.state !== "open") this.#latch.refuse();
    return this.#take(waker, [buf], buf.length);
  }

  pollVectoredWrite(waker: Waker, bufs: readonly Uint8Array[]): Poll<number> {
    if (this.#latch.state !== "open") this.#latch.refuse();
    return this.#take(waker, bufs, byteLength(bufs));
  }

  /** Gathering many buffers is one call instead of many. */
  get isVectored(): boolean {
    return true;
  }

  pollFlush(waker: Waker): Poll<void> {
    this.#latch.check();
    if (this.#latch.state === "closed") return;
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
    this.#latch.check();
    if (this.#latch.state === "closed") return;
    this.#latch.beginClose();
    if (this.#pour(waker) === PENDING) return PENDING;
    const result = this.#each(waker, (branch) => {
      if (branch.closed) return;
      const answer = branch.writer.pollClose(waker);
      if (answer === PENDING) return PENDING;
      checkReady(answer, branch.writer);
      branch.closed = true;
    });
    if (result === PENDING) return PENDING;
    this.#latch.endClose();
  }

  abort(reason?: unknown): void {
    if (!this.#latch.abort(reason)) return;
    for (const { writer } of this.#branches) writer.abort?.(reason);
  }

  onFailure(listener: FailureListener): () => void {
    return this.#latch.onFailure(listener, () => {
      const removers = this.#branches.map((branch) =>
        branch.writer.onFailure?.((failure) => this.#branchFailed(branch, failure)),
      );
      return () => {
        for (const remove of removers) remove?.();
      };
    });
  }

  toString(): string {
    return `tee(${this.#branches.map(({ writer }) => describe(writer)).join(", ")})`;
  }

  /** A branch has failed: so has the tee, unless it drops the branch and goes on with others. */
  #branchFailed(branch: Branch, error: unknown): void {
    if (!this.#branches.includes(branch)) return;
    if (!this.#drop || this.#branches.length === 1) {
      this.#latch.fail(error);
      return;
    }
    this.#branches = this.#branches.filter((other) => other !== branch);
    // What waited for this branch was woken by its failure (AW-FAIL-2).
    branch.writer.abort?.(error);
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

  /** Polls all branches, whether or not one is PENDING; fails or drops those that throw. */
  #each(waker: Waker, poll: (branch: Branch) => Poll<void>): Poll<void> {
    let pending = false;
    for (const branch of this.#branches) {
      try {
        if (poll(branch) === PENDING) pending = true;
      } catch (error) {
        this.#branchFailed(branch, error);
        this.#latch.check();
      }
    }
    return pending ? this.#latch.register(waker) : undefined;
  }
}
