import { Writer, type TransformEngine } from "@aw/core";

/** The writer of every codec. */
export class CodecWriter extends Writer {
  readonly #engine: TransformEngine;

  constructor(engine: TransformEngine) {
    super(engine);
    this.#engine = engine;
  }

  /** Bytes accepted so far. */
  get bytesIn(): number {
    return this.#engine.bytesIn;
  }

  /** Bytes of output so far, those included that the inner writer has not accepted yet. */
  get bytesOut(): number {
    return this.#engine.bytesOut;
  }
}
