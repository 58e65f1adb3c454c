import { Socket } from "node:net";
import type { Duplex } from "node:stream";

const { bun, deno } = process.versions;

/** Deno and Bun have Node's sockets with other machinery behind them, which answers each write later. */
const isNode = bun === undefined && deno === undefined;

/**
 * The socket as one that mostly hands all of a write to the kernel within the call; undefined for another Duplex,
 * which may keep a chunk that it has answered, and for TLS, which encrypts first.
 */
export function socketAtOnce(socket: Duplex | undefined): Socket | undefined {
  if (!isNode || !(socket instanceof Socket) || "encrypted" in socket) return undefined;
  return socket;
}

/**
 * Whether such a socket has handed all that was written to it to the kernel.
 *
 * On internals of Node: `writableLength` counts what is in flight as well as what waits. If a version counts a chunk as
 * gone while the kernel may still read it, memory is reused too early, and frames are mixed up. What to do then: have
 * `socketAtOnce` return undefined, and each write costs a tick more.
 */
export function tookAtOnce(socket: Socket): boolean {
  return socket.writableLength === 0 && socket.writable;
}
