import type { Duplex } from "node:stream";

/**
 * Whether a socket has handed all that was written to it to the kernel, within the call of `write`.
 *
 * It relies on `writableLength`, which counts what is in flight as well as what waits. If a version of
 * Node counts a chunk as gone while the kernel may still read it, slabs are reused too early, and bytes
 * are mixed up: the test `tricks` (took-all-at-once) fails. Return false then, and each write costs a tick
 * more.
 */
export function tookAllAtOnce(socket: Duplex): boolean {
  return socket.writableLength === 0 && socket.writable;
}
