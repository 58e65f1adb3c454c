import { TransformWriter, type AsyncWrite, type Done } from "@aw/core";

/** Answers with the compressed bytes of one block. */
export type BlockDone = (error: Error | null, output: Uint8Array) => void;

export interface ParallelOptions {
  readonly parallel: number;
  readonly blockSize: number;
}

/** Blocks that wait for a thread, or are done before those before them. */
const SPARE = 2;

interface Job {
  output: Uint8Array | undefined;
}

/**
 * Compresses blocks side by side on the thread pool, and puts them out in order. It holds two blocks
 * more than it is to work on, so that no thread waits for us, besides the two that the engine gathers.
 */
export abstract class ParallelWriter extends TransformWriter {
  readonly #parallel: number;
  readonly #blockSize: number;
  /** Memory of blocks that are done, for the next ones: fresh memory costs more than the copy. */
  readonly #free: Uint8Array[] = [];
  /** In the order of their blocks. What is compressed waits here for those before it. */
  readonly #jobs: Job[] = [];
  /** What may go on once there is room for another block, or once no block is left. */
  #waiting: { done: () => void; most: number } | undefined;

  constructor(inner: AsyncWrite, options: ParallelOptions) {
    super(inner, { blockSize: options.blockSize });
    this.#parallel = options.parallel;
    this.#blockSize = options.blockSize;
  }

  /** Compresses `block`, which is the callee's until it answers, and not longer. */
  protected abstract compress(block: Uint8Array, done: BlockDone): void;

  /** Comes before everything else. */
  protected abstract header(): Uint8Array | undefined;

  /** Comes after everything else. `isEmpty`: there was no block. */
  protected abstract trailer(isEmpty: boolean): Uint8Array;

  #begun = false;

  protected override transform(block: Uint8Array, done: Done): void {
    const isFirst = !this.#begun;
    this.#begun = true;
    const header = isFirst ? this.header() : undefined;
    if (header !== undefined) this.push(header);
    const job: Job = { output: undefined };
    this.#jobs.push(job);
    const memory = this.#free.pop() ?? new Uint8Array(this.#blockSize);
    memory.set(block);
    this.compress(memory.subarray(0, block.length), (error, output) => {
      if (this.state === "failed") return;
      this.#free.push(memory);
      if (error !== null) {
        this.fail(error);
        return;
      }
      job.output = output;
      this.#deliver();
    });
    this.#whenAtMost(this.#parallel + SPARE - 1, done);
  }

  protected override flushTransform(done: Done): void {
    this.#whenAtMost(0, done);
  }

  protected override finishTransform(done: Done): void {
    this.#whenAtMost(0, () => {
      const header = this.#begun ? undefined : this.header();
      if (header !== undefined) this.push(header);
      this.push(this.trailer(!this.#begun));
      done();
    });
  }

  protected override releaseTransform(): void {
    this.#jobs.length = 0;
    this.#free.length = 0;
    this.#waiting = undefined;
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
