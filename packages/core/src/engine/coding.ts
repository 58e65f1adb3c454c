import type { Done } from "../trait/done.ts";
import type { Transformer } from "./transformer.ts";

/** The steps of a transformer, those included that it need not have, and its release, which comes once. */
export class Coding {
  /** Whether it may hold back something that a flush would push. */
  isDirty = false;
  readonly #transformer: Transformer;
  #released = false;

  constructor(transformer: Transformer) {
    this.#transformer = transformer;
  }

  /** @param flushes whether a flush follows, which can be the same step */
  transform(block: Uint8Array, flushes: boolean, done: Done): void {
    const transformer = this.#transformer;
    if (flushes && transformer.transformAndFlush !== undefined) {
      this.isDirty = false;
      transformer.transformAndFlush(block, done);
    } else {
      this.isDirty = true;
      transformer.transform(block, done);
    }
  }

  flush(done: Done): void {
    this.isDirty = false;
    if (this.#transformer.flush === undefined) done();
    else this.#transformer.flush(done);
  }

  finish(done: Done): void {
    if (this.#transformer.finish === undefined) done();
    else this.#transformer.finish(done);
  }

  resume(): void {
    this.#transformer.resume?.();
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#transformer.release?.();
  }
}
