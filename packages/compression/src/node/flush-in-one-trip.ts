import type { Transform } from "node:stream";

/** What all compressing streams of `node:zlib` have, and no documentation says. */
interface Chunked {
  readonly _processChunk?:
    | ((chunk: Uint8Array, kind: number, callback: () => void) => void)
    | undefined;
}

/**
 * Takes a block and flushes, in one trip to the thread pool instead of two. Returns false, and does
 * nothing, where the stream has no way to.
 *
 * A trick: `_processChunk` with a callback is not documented. Node keeps it for those that use it,
 * minizlib among them. `test/insides/flush-in-one-trip.ts` says on Node 22, 24 and 26 whether it works.
 * When it breaks: return false, always. The caller then does the same by `write` and `flush`, which are
 * documented and take twice as long for a small block.
 */
export function flushInOneTrip(
  stream: Transform,
  block: Uint8Array,
  kind: number,
  done: () => void,
): boolean {
  // oxlint-disable-next-line no-underscore-dangle -- it is Node's name
  const { _processChunk: processChunk } = stream as Chunked;
  if (processChunk === undefined) return false;
  processChunk.call(stream, block, kind, done);
  return true;
}
