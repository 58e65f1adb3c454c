import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { isNode } from "./runtime.ts";

/**
 * Calls `done` with an error if the end of a socket was a reset: libuv before 1.52 (Node 22) reports a
 * reset that arrives together with data as an orderly end. A write of no byte makes the kernel say which
 * of both it was, and sends nothing. A socket whose own direction has ended can't be asked.
 *
 * It relies on an empty write that reaches the kernel. If a version of Node skips it, the test
 * `end-of-socket` fails on Node 22, and the README of `@aw/tcp` must say that nothing tells such a reset from
 * an end there. Once Node 22 is not supported any more, this file goes.
 */
export function checkSocketEnd(socket: Duplex, done: (error?: Error | null) => void): void {
  // TLS says itself whether its end was one.
  const canTell = socket instanceof Socket && !("encrypted" in socket) && socket.writable;
  if (!TAKES_RESET_FOR_END || !canTell) done();
  // Writes that wait fail in this turn, if it was a reset; nothing can overtake them.
  else if (socket.writableLength > 0) setImmediate(() => done(socket.errored));
  else socket.write("", done);
}

const [major = 0, minor = 0] = process.versions.uv.split(".").map(Number);

/** Deno and Bun give the version of a libuv, and use none. */
const TAKES_RESET_FOR_END = isNode && major === 1 && minor < 52;
