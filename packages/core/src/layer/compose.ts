import type { AsyncWrite } from "../trait/async-write.ts";
import { checkArgument } from "../options/check-options.ts";
import { checkWriter } from "../options/check-writer.ts";
import { FUNCTION } from "../options/rules.ts";
import { toWriter } from "../writer/to-writer.ts";
import type { Writer } from "../writer/writer.ts";

/** A function that puts a writer in front of another. */
export type Layer = (inner: AsyncWrite) => Writer;

/**
 * Stacks layers on a target, innermost first, and returns the outermost.
 *
 * ```ts
 * import { buffered, compose, limit, memory } from "@aw/core";
 *
 * const out = compose(memory(), (inner) => limit(inner, 1024), buffered);
 * console.log(String(out)); // buffered(64 KiB) > limit(1 KiB) > memory
 * ```
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if target is not a writer; what a layer throws
 */
export function compose(target: AsyncWrite, ...layers: readonly Layer[]): Writer {
  checkWriter("compose", target);
  for (const layer of layers) checkArgument("compose", "each layer", layer, FUNCTION);
  return layers.reduce((inner, layer, index) => {
    const outer = layer(inner);
    checkWriter(`compose: what layer ${index + 1} returned`, outer);
    return toWriter(outer);
  }, toWriter(target));
}
