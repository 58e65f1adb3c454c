import type { AsyncWrite } from "../trait/async-write.ts";
import { toWriter } from "./to-writer.ts";
import type { Writer } from "../writer/writer.ts";

/** A function that puts a writer in front of another. */
export type Layer = (inner: AsyncWrite) => Writer;

/**
 * Stacks layers on a target, innermost first, and returns the outermost.
 *
 * ```ts
 * const out = compose(socket, (w) => gzip(w, { level: 1 }), buffered);
 * ```
 */
export function compose(target: AsyncWrite, ...layers: readonly Layer[]): Writer {
  return layers.reduce((inner, layer) => layer(inner), toWriter(target));
}
