import type { AsyncWrite } from "../trait/async-write.ts";
import { checkOptions } from "../options/check-options.ts";
import { checkWriter } from "../options/check-writer.ts";
import { COUNT, FUNCTION, required, type Schema } from "../options/rules.ts";
import { Writer } from "../writer/writer.ts";
import { InspectLayer } from "./inspect.ts";

/** Who hears of the progress, and how many bytes there will be. */
export interface ProgressOptions {
  /** How many bytes there will be, if known. Passed on to `onProgress`. */
  total?: number | undefined;
  /** Called after every accepted write with the count of bytes so far. */
  onProgress: (bytes: number, total: number | undefined) => void;
}

const OPTIONS: Schema<ProgressOptions> = {
  total: COUNT,
  onProgress: required(FUNCTION),
};

/**
 * Reports how many bytes the inner writer has accepted.
 *
 * ```ts
 * import { memory, progress } from "@aw/core";
 *
 * const out = progress(memory(), {
 *   total: 10,
 *   onProgress: (bytes, total) => console.log(`${bytes} of ${total}`), // 5 of 10
 * });
 * await out.writeAll("hello");
 * ```
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is not a writer, onProgress not a function, or
 * total not a count of bytes
 */
export function progress(inner: AsyncWrite, options: ProgressOptions): Writer {
  checkWriter("progress", inner);
  checkOptions("progress", options, OPTIONS);
  const { total, onProgress } = options;
  let bytes = 0;
  const count = (accepted: Uint8Array): void => {
    bytes += accepted.length;
    onProgress(bytes, total);
  };
  return new Writer(new InspectLayer(inner, "progress", count));
}
