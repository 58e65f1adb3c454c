/**
 * What `node:zlib` of Deno does otherwise, and can't be tried out first. `tests/runtimes/codecs.ts`
 * runs on Deno and fails if a line of this is no longer true: when it does, see whether Deno has come to
 * do as Node does, and delete that line. Nothing of it concerns Node.
 */
const isDeno: boolean = "Deno" in globalThis;

/**
 * Whether a failing zstd stream throws where nobody can catch it, and leaves its operation pending. To
 * try it would end the process.
 */
export const zstdThrowsUncaught: boolean = isDeno;

/**
 * Whether an inflating stream can be used by its handle. There the call returns as if all was well when the
 * input is corrupt.
 */
export const inflatesByHandle: boolean = !isDeno;

/** Whether this is what a zstd decoder says, without a code, about a window that is too large. */
export function saysTooMuchMemory(error: Error): boolean {
  return isDeno && error.message.includes("too much memory");
}
