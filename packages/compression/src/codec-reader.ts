import { Reader, type TransformReadEngine } from "@aw/core";

/** The reader of every codec. */
export class CodecReader extends Reader {
  readonly #engine: TransformReadEngine;

  constructor(engine: TransformReadEngine) {
    super(engine);
    this.#engine = engine;
  }

  /** Bytes taken from the inner reader and coded so far. */
  get bytesIn(): number {
    return this.#engine.bytesIn;
  }

  /** Bytes of output so far, those included that nobody has read yet. */
  get bytesOut(): number {
    return this.#engine.bytesOut;
  }
}
