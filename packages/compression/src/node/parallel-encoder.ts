import { AsyncWriteError, type Done, type TransformControl, type Transformer } from "@aw/core";
import type { CoderFailure } from "../coder.ts";
import type { BlockCoder } from "./block-coder.ts";

/** What a format says about blocks that are compressed side by side. */
export interface ParallelFormat {
  /** What it is called in messages. */
  readonly label: string;
  /** Comes before everything else. */
  readonly header: Uint8Array;
  /**
   * What compresses `block`. Called in the order of the blocks, ahead of their turn: setting a codec
   * up takes a while, in which a thread would wait.
   */
  coderFor(block: Uint8Array): BlockCoder;
  /** Called with a coder whose block is done. */
  retire?(coder: BlockCoder): void;
  /** What goes out for a block: its compressed bytes, which are in memory of their own. */
  outputOf?(compressed: Uint8Array): Uint8Array;
  /** Comes after everything else. */
  trailer(): Uint8Array;
  /** Releases what `coderFor` keeps. */
  release?(): void;
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
export class ParallelEncoder implements Transformer {
  readonly #format: ParallelFormat;
  readonly #parallel: number;
  #control!: TransformControl;
  /** In the order of their blocks. What is compressed waits here for those before it. */
  readonly #jobs: Job[] = [];
  /** Those of them that no thread has begun. */
  readonly #queue: Job[] = [];
  #running = 0;
  /** What may go on once so few blocks are left: room for another one, or none. */
  #waiting: { done: () => void; max: number } | undefined;
  #begun = false;

  /** @param parallel how many blocks it works on at once */
  constructor(format: ParallelFormat, parallel: number) {
    this.#format = format;
    this.#parallel = parallel;
  }

  start(control: TransformControl): void {
    this.#control = control;
  }

  transform(block: Uint8Array, done: Done): void {
    this.#begin();
    const release = this.#control.keepBlock();
    const coder = this.#format.coderFor(block);
    const job: Job = { block, release, coder, output: undefined };
    this.#jobs.push(job);
    this.#queue.push(job);
    this.#work();
    this.#whenAtMost(this.#parallel + SPARE - 1, done);
  }

  flush(done: Done): void {
    this.#whenAtMost(0, done);
  }

  finish(done: Done): void {
    this.#whenAtMost(0, () => {
      this.#begin();
      this.#control.push(this.#format.trailer());
      done();
    });
  }

  release(): void {
    for (const { coder } of this.#jobs) coder.destroy();
    this.#jobs.length = this.#queue.length = 0;
    this.#waiting = undefined;
    this.#format.release?.();
  }

  toString(): string {
    return this.#format.label;
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#control.push(this.#format.header);
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
    if (this.#control.state === "failed") return;
    if (failure !== undefined) {
      const { message, cause } = failure;
      const text = `${String(this.#control)}: ${message}`;
      this.#control.fail(new AsyncWriteError("ERR_AW_IO", text, { cause }));
      return;
    }
    // Not within a step of the engine, so nobody else catches what is thrown.
    try {
      this.#goOn(job, compressed);
    } catch (error) {
      this.#control.fail(error);
    }
  }

  #goOn(job: Job, compressed: Uint8Array): void {
    // The next block first: what follows is no work for the threads.
    this.#work();
    this.#format.retire?.(job.coder);
    job.release();
    job.output = this.#format.outputOf?.(compressed) ?? compressed;
    this.#deliver();
  }

  #whenAtMost(max: number, done: () => void): void {
    if (this.#jobs.length <= max) done();
    else this.#waiting = { done, max };
  }

  /** Puts out what is ready, in order. */
  #deliver(): void {
    for (;;) {
      const output = this.#jobs[0]?.output;
      if (output === undefined) break;
      this.#jobs.shift();
      this.#control.push(output);
    }
    const waiting = this.#waiting;
    if (waiting === undefined || this.#jobs.length > waiting.max) return;
    this.#waiting = undefined;
    waiting.done();
  }
}
