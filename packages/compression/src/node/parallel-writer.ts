import { AsyncWriteError, TransformWriter, type AsyncWrite, type Done } from "@aw/core";
import type { CoderFailure } from "../coder.ts";
import type { BlockCoder } from "./block-coder.ts";

export interface ParallelOptions {
  readonly parallel: number;
  readonly blockSize: number;
}

/** Blocks that wait for a thread, or are done before those before them. */
const SPARE = 2;

interface Job {
  readonly block: Uint8Array;
  /** Lets others use the memory of the block. */
  readonly release: () => void;
  readonly coder: BlockCoder;
  output: Uint8Array | undefined;
}

/**
 * Compresses blocks side by side on the thread pool, and puts them out in order. It holds two blocks
 * more than it works on, so that no thread waits for us, besides the two that the engine gathers.
 */
export abstract class ParallelWriter extends TransformWriter {
  readonly #parallel: number;
  readonly #blockSize: number;
  /** In the order of their blocks. What is compressed waits here for those before it. */
  readonly #jobs: Job[] = [];
  /** Those of them that no thread has begun. */
  readonly #queue: Job[] = [];
  #running = 0;
  /** What may go on once there is room for another block, or once no block is left. */
  #waiting: { done: () => void; most: number } | undefined;
  #begun = false;

  constructor(inner: AsyncWrite, options: ParallelOptions) {
    super(inner, { blockSize: options.blockSize });
    this.#parallel = options.parallel;
    this.#blockSize = options.blockSize;
  }

  /**
   * What compresses `block`. Called in the order of the blocks, ahead of their turn: setting a codec
   * up takes a while, in which a thread would wait.
   */
  protected abstract coderFor(block: Uint8Array): BlockCoder;

  /** What becomes of a coder whose block is done. */
  protected retire(_coder: BlockCoder): void {}

  /** What goes out for a block: its compressed bytes, which are in memory of their own. */
  protected outputOf(compressed: Uint8Array): Uint8Array {
    return compressed;
  }

  /** Comes before everything else. */
  protected abstract header(): Uint8Array;

  /** Comes after everything else. */
  protected abstract trailer(): Uint8Array;

  /** At once for a whole block: what is smaller compresses less well by itself. */
  protected override openStaged(): void {
    this.staged.open(this.#blockSize, this.#blockSize);
  }

  protected override transform(block: Uint8Array, done: Done): void {
    this.#begin();
    const release = this.keepBlock();
    const job: Job = { block, release, coder: this.coderFor(block), output: undefined };
    this.#jobs.push(job);
    this.#queue.push(job);
    this.#work();
    this.#whenAtMost(this.#parallel + SPARE - 1, done);
  }

  protected override flushTransform(done: Done): void {
    this.#whenAtMost(0, done);
  }

  protected override finishTransform(done: Done): void {
    this.#whenAtMost(0, () => {
      this.#begin();
      this.push(this.trailer());
      done();
    });
  }

  protected override releaseTransform(): void {
    for (const { coder } of this.#jobs) coder.destroy();
    this.#jobs.length = this.#queue.length = 0;
    this.#waiting = undefined;
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.push(this.header());
  }

  /** Keeps as many threads busy as it may. */
  #work(): void {
    while (this.#running < this.#parallel) {
      const job = this.#queue.shift();
      if (job === undefined) return;
      this.#running++;
      job.coder.compress(job.block, (failure, compressed) => this.#done(job, failure, compressed));
    }
  }

  #done(job: Job, failure: CoderFailure | undefined, compressed: Uint8Array): void {
    this.#running--;
    if (this.state === "failed") return;
    if (failure !== undefined) {
      const { message, cause } = failure;
      this.fail(new AsyncWriteError("ERR_AW_IO", `${this}: ${message}`, { cause }));
      return;
    }
    // The next block first: what follows is no work for the threads.
    this.#work();
    this.retire(job.coder);
    job.release();
    job.output = this.outputOf(compressed);
    this.#deliver();
  }

  #whenAtMost(most: number, done: () => void): void {
    if (this.#jobs.length <= most) done();
    else this.#waiting = { done, most };
  }

  /** Puts out what is ready, in order. */
  #deliver(): void {
    for (;;) {
      const output = this.#jobs[0]?.output;
      if (output === undefined) break;
      this.#jobs.shift();
      this.push(output);
    }
    const waiting = this.#waiting;
    if (waiting === undefined || this.#jobs.length > waiting.most) return;
    this.#waiting = undefined;
    waiting.done();
  }
}
