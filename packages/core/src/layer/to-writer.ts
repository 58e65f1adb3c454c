import type { AsyncWrite } from "../trait/async-write.ts";
import { describe } from "../trait/describe.ts";
import { LayerWriter } from "../engine/layer-writer.ts";
import { Writer } from "../writer/writer.ts";

/**
 * Gives any object that has the four methods the promise API. A `Writer` is returned as it is.
 */
export function toWriter(target: AsyncWrite): Writer {
  return target instanceof Writer ? target : new LiftedWriter(target);
}

class LiftedWriter extends LayerWriter {
  protected readonly label = "lifted";

  override toString(): string {
    return describe(this.inner);
  }
}
