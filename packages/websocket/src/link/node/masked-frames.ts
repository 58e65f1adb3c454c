import { randomFillSync } from "node:crypto";
import type { Duplex } from "node:stream";
import type { Done } from "@aw/core";
import { mask } from "./mask.ts";

const FIN_BINARY = 0x82;
const MASKED = 0x80;

/** Random bytes for the keys of the next frames: one call of the system for 2,048 of them. */
const pool = new Uint8Array(8192);
let used: number = pool.length;

/**
 * Writes `bytes` to the socket of a client as binary messages of at most `maxLength` bytes, and masks
 * them in place: they may change until it answers, and are of no use after.
 *
 * `ws` masks byte by byte, into a new buffer for each message. That was most of the time that a
 * client took.
 *
 * On internals of `ws`: that its own frames (pings, close frames, messages) go to the socket whole and at
 * once, while nothing is compressed, so that none comes in the middle of ours. If a version queues
 * them, frames of a closing connection may come after its close frame. What to do then: `sendInMessages`
 * in `WsLink.sendBytes` is right with any version, and slower.
 */
export function writeMasked(
  socket: Duplex,
  bytes: Uint8Array,
  maxLength: number,
  done: Done,
): void {
  socket.cork();
  let start = 0;
  for (; bytes.length - start > maxLength; start += maxLength) {
    writeFrame(socket, bytes.subarray(start, start + maxLength));
  }
  writeFrame(socket, bytes.subarray(start), done);
  socket.uncork();
}

function writeFrame(socket: Duplex, payload: Uint8Array, done?: Done): void {
  const key = nextKey();
  mask(payload, key);
  socket.write(header(payload.length, key));
  socket.write(payload, done);
}

function header(length: number, key: Uint8Array): Buffer {
  const extra = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const bytes = Buffer.allocUnsafe(2 + extra + 4);
  bytes[0] = FIN_BINARY;
  bytes[1] = MASKED | (extra === 0 ? length : extra === 2 ? 126 : 127);
  if (extra === 2) {
    bytes.writeUInt16BE(length, 2);
  } else if (extra === 8) {
    bytes.writeUInt32BE(Math.floor(length / 2 ** 32), 2);
    bytes.writeUInt32BE(length % 2 ** 32, 6);
  }
  bytes.set(key, 2 + extra);
  return bytes;
}

/** A key that nobody can foresee (RFC 6455, section 10.3). Valid until the pool is used up. */
function nextKey(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += 4;
  return pool.subarray(used - 4, used);
}
