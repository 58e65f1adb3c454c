import { checkWriter } from "../options/check-writer.ts";
import type { AsyncWrite } from "../trait/async-write.ts";
import { Writer } from "./writer.ts";

/**
 * Gives any object that has the four methods the promise API. A `Writer` is returned as it is.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if it lacks one of the methods
 */
export function toWriter(target: AsyncWrite): Writer {
  checkWriter("toWriter", target);
  return target instanceof Writer ? target : new Writer(target);
}
