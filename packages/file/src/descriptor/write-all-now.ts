import type { Output } from "./output.ts";
import { skip } from "./skip.ts";

/** Writes all of `bufs` synchronously. Throws after a part of them if the rest does not fit. */
export function writeAllNow(output: Output, bufs: readonly Uint8Array[]): void {
  for (let rest = skip(bufs, 0); rest.length > 0;) rest = skip(rest, output.writeNow(rest));
}
