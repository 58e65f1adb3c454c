import { CompletionWriter, type Done } from "@aw/core";

/** Collects what is written, as a slow destination would. */
export class ArrayWriter extends CompletionWriter {
  readonly chunks: Uint8Array[] = [];
  isFinished = false;

  protected transmit(bytes: Uint8Array, done: Done): void {
    setTimeout(() => {
      this.chunks.push(bytes.slice()); // `bytes` is the engine's again after `done`
      done();
    }, 0);
  }

  protected override finish(done: Done): void {
    this.isFinished = true;
    done();
  }
}
