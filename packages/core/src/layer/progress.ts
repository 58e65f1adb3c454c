import { checkOptions } from "../options/check-options.ts";
import { COUNT, FUNCTION, required, type Schema } from "../options/rules.ts";
import type { Reader } from "../reader/reader.ts";
import type { Writer } from "../writer/writer.ts";
import { checkInner, type LayerSink, type LayerSource } from "./both-ways.ts";
import { inspected } from "./inspect.ts";

/** Who hears of the progress, and how many bytes there will be. */
export interface ProgressOptions {
  /** How many bytes there will be, if known. Passed on to `onProgress`. */
  total?: number | undefined;
  /** Called after every accepted write, or with every read, with the count of bytes so far. */
  onProgress: (bytes: number, total: number | undefined) => void;
}

const OPTIONS: Schema<ProgressOptions> = {
  total: COUNT,
  onProgress: required(FUNCTION),
};

/**
 * Reports how many bytes the inner writer has accepted, or how many were read of a reader.
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
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if inner is neither a writer nor a reader, onProgress not a
 * function, or total not a count of bytes
 */
export function progress(inner: LayerSink, options: ProgressOptions): Writer;
export function progress(inner: LayerSource, options: ProgressOptions): Reader;
export function progress(
  inner: LayerSink | LayerSource,
  options: ProgressOptions,
): Writer | Reader {
  checkInner("progress", inner);
  checkOptions("progress", options, OPTIONS);
  const { total, onProgress } = options;
  let bytes = 0;
  return inspected(inner, "progress", (passed) => {
    bytes += passed.length;
    onProgress(bytes, total);
  });
}
