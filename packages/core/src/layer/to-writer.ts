import type { AsyncWrite } from "../trait/async-write.ts";
import { describe } from "../trait/describe.ts";
import { checkWriter } from "../options/check-writer.ts";
import { LayerWriter } from "../engine/layer-writer.ts";
import { Writer } from "../writer/writer.ts";

/**
 * Gives any object that has the four methods the promise API. A `Writer` is returned as it is.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if it lacks one
 */
export function toWriter(target: AsyncWrite): Writer {
  if (target instanceof Writer) return target;
  checkWriter("toWriter", target);
  return new LiftedWriter(target);
}

class LiftedWriter extends LayerWriter {
  protected readonly label = "lifted";

  override toString(): string {
    return describe(this.inner);
  }
}
