import { AsyncWriteError, type Done, type TransformControl, type Transformer } from "@aw/core";
import type { Coder, CoderFailure, MakeCoder } from "./coder.ts";
import type { Envelope } from "./envelope.ts";

const NOTHING = new Uint8Array(0);

/** A compressor of one stream, on whatever coder. */
export class Encoder implements Transformer {
  readonly #label: string;
  readonly #make: MakeCoder;
  readonly #envelope: Envelope | undefined;
  #control!: TransformControl;
  #coder!: Coder;
  #begun = false;

  /** @param label what it is called in messages, with its level: "gzip(6)" */
  constructor(label: string, coder: MakeCoder, envelope?: Envelope) {
    this.#label = label;
    this.#make = coder;
    this.#envelope = envelope;
  }

  start(control: TransformControl): void {
    this.#control = control;
    this.#coder = this.#make((chunk) => control.push(chunk));
  }

  transform(block: Uint8Array, done: Done): void {
    this.#code("write", block, done);
  }

  transformAndFlush(block: Uint8Array, done: Done): void {
    this.#code("flush", block, done);
  }

  flush(done: Done): void {
    this.#coder.flush(NOTHING, (failure) => done(this.#error(failure)));
  }

  finish(done: Done): void {
    this.#begin();
    this.#coder.finish((failure) => {
      if (failure === undefined && this.#envelope !== undefined) {
        this.#control.push(this.#envelope.trailer());
      }
      done(this.#error(failure));
    });
  }

  resume(): void {
    this.#coder.resume();
  }

  release(): void {
    this.#coder.destroy();
  }

  toString(): string {
    return this.#label;
  }

  /**
   * Codes a block, and updates the envelope while the thread pool is at it. Calls `done` after both:
   * from then on the block is the engine's.
   */
  #code(how: "write" | "flush", block: Uint8Array, done: Done): void {
    this.#begin();
    let open = 2;
    let failure: CoderFailure | undefined;
    const settle = (): void => {
      if (--open === 0) done(this.#error(failure));
    };
    this.#coder[how](block, (why) => {
      failure = why;
      settle();
    });
    this.#envelope?.update(block);
    settle();
  }

  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    if (this.#envelope !== undefined) this.#control.push(this.#envelope.header);
  }

  #error(failure: CoderFailure | undefined): AsyncWriteError | undefined {
    if (failure === undefined) return undefined;
    const { message, cause } = failure;
    return new AsyncWriteError("ERR_AW_IO", `${String(this.#control)}: ${message}`, { cause });
  }
}
