import type { Duplex } from "node:stream";

/**
 * How many bytes of the write in progress the kernel has not taken yet; 0 where nobody counts them.
 *
 * On internals of Node: a socket counts in `bytesWritten` what it has begun to write, and only libuv's
 * handle says how much of it is left. If a version does not, a write that takes longer than the heartbeat
 * allows is no sign of life any more, so a slow peer counts as dead. What to do then: see what
 * `_onTimeout` in Node's `lib/net.js` looks at, which asks the same question.
 */
export function queuedBytes(socket: Duplex | undefined): number {
  const { _handle: handle } = (socket ?? {}) as { _handle?: { writeQueueSize?: number } | null };
  return handle?.writeQueueSize ?? 0;
}
