import { CompletionEngine, Writer, type Destination, type Done } from "@aw/core";

/** Collects what is written, as a slow destination would. */
export class ArrayDestination implements Destination {
  readonly chunks: Uint8Array[] = [];
  isFinished = false;

  transmit(bytes: Uint8Array, done: Done): void {
    setTimeout(() => {
      this.chunks.push(bytes.slice()); // `bytes` is the engine's again after `done`
      done();
    }, 0);
  }

  finish(done: Done): void {
    this.isFinished = true;
    done();
  }
}

export const arrayWriter = (destination: ArrayDestination): Writer =>
  new Writer(new CompletionEngine(destination));
