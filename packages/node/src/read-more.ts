import type { Duplex } from "node:stream";
import { isNode } from "./runtime.ts";

type WithState = Duplex & { _readableState?: { readingMore?: boolean } };

/**
 * Within `data`: keeps Node from scheduling a tick for each chunk, to look whether the stream reads on. A
 * socket does by itself, as long as it was not told to stop: the tick is a fifth of what a small message costs.
 *
 * It relies on `_readableState.readingMore`, which says that such a tick is on its way, and on a socket whose
 * handle goes on by itself. If a version of Node knows no such flag, nothing is saved; if a socket stops after
 * a chunk, the test `tricks` (read-more) hangs, and this file goes.
 */
export function readsOnByItself(socket: Duplex): void {
  const { _readableState: state } = socket as WithState;
  if (isNode && state?.readingMore === false) state.readingMore = true;
}

/** The stream looks again. */
export function readsOnAsUsual(socket: Duplex): void {
  const { _readableState: state } = socket as WithState;
  if (isNode && state?.readingMore === true) state.readingMore = false;
}
