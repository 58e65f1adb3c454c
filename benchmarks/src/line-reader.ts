import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** Reads what comes line by line: each call resolves with the next one, undefined once there are no more. */
export function lineReader(from: Readable): () => Promise<string | undefined> {
  const lines = createInterface(from)[Symbol.asyncIterator]();
  return async () => {
    const next = await lines.next();
    return next.done === true ? undefined : next.value;
  };
}
