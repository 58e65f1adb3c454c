import { randomFillSync } from "node:crypto";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Done } from "@aw/core";
import { mask } from "./mask.ts";
import { tookAtOnce } from "./took-at-once.ts";

const FIN_BINARY = 0x82;
const MASKED = 0x80;

/** Random bytes for the keys of the next frames: one call of the system for 2,048 of them. */
const pool = new Uint8Array(8192);
let used: number = pool.length;

/** Up to this length, in bytes, a payload is copied behind its header: a second buffer costs more. */
const COPIED = 1024;

/** The longest header before such a payload. */
const SHORT_HEADER = 8;

/** Where short frames are made that mostly leave at once: used again as soon as the kernel has the one before. */
let spare: Buffer = Buffer.alloc(0);

/** The part of `spare` that the last frame took: a broadcast is many frames of one length. */
let lastFrame: Buffer = spare;

/**
 * Writes `bytes` to the socket as binary messages of at most `maxLength` bytes. Those of a client are masked
 * in place: they may change until it answers, and are of no use after.
 *
 * `ws` masks byte by byte, into a new buffer for each message. That was most of the time that a
 * client took. And it has two buffers for each message, which is what small ones cost a server.
 *
 * On internals of `ws`: that its own frames (pings, close frames, messages) go to the socket whole and at
 * once, while nothing is compressed, so that none comes in the middle of ours. If a version queues
 * them, frames of a closing connection may come after its close frame. What to do then: `sendInMessages`
 * in `WsLink.sendBytes` is right with any version, and slower.
 *
 * @param masks whether this end is the client
 */
export function writeFrames(
  socket: Duplex,
  bytes: Uint8Array,
  maxLength: number,
  masks: boolean,
  done?: Done,
): void {
  if (bytes.length <= COPIED && bytes.length <= maxLength) {
    writeShort(socket, bytes, masks, done);
    return;
  }
  socket.cork();
  let start = 0;
  for (; bytes.length - start > maxLength; start += maxLength) {
    writeLong(socket, bytes.subarray(start, start + maxLength), masks);
  }
  writeLong(socket, bytes.subarray(start), masks, done);
  socket.uncork();
}

/**
 * `writeFrames` without an answer. Returns whether the kernel has all of it already; if not, the bytes have to stay as
 * they are until a write behind them is answered.
 *
 * @param socket of `socketAtOnce`
 */
export function writeFramesAtOnce(
  socket: Socket,
  bytes: Uint8Array,
  maxLength: number,
  masks: boolean,
): boolean {
  if (bytes.length > COPIED || bytes.length > maxLength) {
    writeFrames(socket, bytes, maxLength, masks);
    return tookAtOnce(socket);
  }
  const length = headerLength(bytes.length, masks) + bytes.length;
  if (lastFrame.length !== length) lastFrame = spareOf(length);
  fillShort(lastFrame, bytes, masks);
  socket.write(lastFrame);
  const took = tookAtOnce(socket);
  // The socket still has to send it.
  if (!took) spare = lastFrame = Buffer.alloc(0);
  return took;
}

function spareOf(length: number): Buffer {
  if (spare.length === 0) spare = Buffer.allocUnsafeSlow(SHORT_HEADER + COPIED);
  return spare.subarray(0, length);
}

function writeShort(socket: Duplex, payload: Uint8Array, masks: boolean, done?: Done): void {
  const frame = Buffer.allocUnsafe(headerLength(payload.length, masks) + payload.length);
  fillShort(frame, payload, masks);
  socket.write(frame, done);
}

function fillShort(frame: Buffer, payload: Uint8Array, masks: boolean): void {
  const key = masks ? nextKey() : undefined;
  const start = frame.length - payload.length;
  writeHeader(frame, payload.length, key);
  frame.set(payload, start);
  if (key !== undefined) mask(frame.subarray(start), key);
}

function writeLong(socket: Duplex, payload: Uint8Array, masks: boolean, done?: Done): void {
  const key = masks ? nextKey() : undefined;
  const header = Buffer.allocUnsafe(headerLength(payload.length, masks));
  writeHeader(header, payload.length, key);
  if (key !== undefined) mask(payload, key);
  socket.write(header);
  socket.write(payload, done);
}

function headerLength(length: number, masks: boolean): number {
  return 2 + (length < 126 ? 0 : length < 65_536 ? 2 : 8) + (masks ? 4 : 0);
}

function writeHeader(target: Buffer, length: number, key: Uint8Array | undefined): void {
  const masked = key === undefined ? 0 : MASKED;
  let end = 2;
  target[0] = FIN_BINARY;
  if (length < 126) {
    target[1] = masked | length;
  } else if (length < 65_536) {
    target[1] = masked | 126;
    end = target.writeUInt16BE(length, 2);
  } else {
    target[1] = masked | 127;
    target.writeUInt32BE(Math.floor(length / 2 ** 32), 2);
    end = target.writeUInt32BE(length % 2 ** 32, 6);
  }
  if (key !== undefined) target.set(key, end);
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
