/** What a pipe takes in one piece, in bytes: PIPE_BUF of Linux (pipe(7)); others have 512 or more. */
export const ATOMIC_LENGTH = 4096;

/**
 * What of `bufs` to give to a pipe in one system call: all, but for Deno (2.9), which goes on writing until it has
 * written everything, and when the pipe is full throws EAGAIN without saying how much it took. So it gets what a pipe
 * takes whole or not at all.
 */
export const atomicPart: (bufs: readonly Uint8Array[]) => readonly Uint8Array[] =
  process.versions["deno"] === undefined ? (bufs) => bufs : firstPart;

function firstPart([first = new Uint8Array(0)]: readonly Uint8Array[]): readonly Uint8Array[] {
  return [first.subarray(0, ATOMIC_LENGTH)];
}
