import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { isNode } from "./runtime.ts";

/** What Node reads at most at a time, in bytes. */
const SIZE = 64 * 1024;

/**
 * Called with what was read, which is valid until it returns, and with the socket as `this`. If it returns false, the
 * socket stops until it is resumed.
 */
export type OnRead = (this: Duplex, length: number, memory: Uint8Array) => boolean;

/** What a socket has of its own for its documented option `onread`. */
interface Names {
  /** The memory that its handle reads into. */
  readonly buffer: symbol;
  /** What is called for each read, instead of `data`. */
  readonly callback: symbol;
}

type WithInsides = Record<symbol, unknown> & {
  readonly _handle?: { useUserBuffer?(memory: Uint8Array): void } | null;
};

let shared: Uint8Array | undefined;
let names: Names | undefined | null;

/**
 * Has a socket read into memory that all sockets of the thread share, and call `onRead` instead of emitting `data`:
 * nothing is allocated for a read then, where Node allocates 64 KiB for each. That lasts as long as the socket:
 * what nobody here wants any more, `onRead` has to push into the stream. Returns whether it does.
 *
 * It relies on what Node's documented option `onread` sets inside a socket, because only the maker of a socket
 * can give the option, and the server makes those that it accepts. If a version of Node has no such insides,
 * sockets are read by `data`, as on Deno and Bun: the test `tricks` (shared-reads) says so. If it has, and they
 * mean something else, that test fails: return false then.
 */
export function readsIntoShared(duplex: Duplex, onRead: OnRead): boolean {
  if (!isNode || !(duplex instanceof Socket)) return false;
  const socket = duplex as unknown as WithInsides;
  if (names === undefined) names = namesIn(socket);
  // oxlint-disable-next-line no-underscore-dangle -- this is Node's name
  const { _handle: handle } = socket;
  if (names === null || handle?.useUserBuffer === undefined) return false;
  // Of one that has memory of its own already, which its maker gave it, only the callback is replaced.
  if (socket[names.buffer] === null) {
    socket[names.buffer] = shared ??= new Uint8Array(SIZE);
    handle.useUserBuffer(shared);
  }
  socket[names.callback] = onRead;
  return true;
}

function namesIn(socket: WithInsides): Names | null {
  const symbols = Object.getOwnPropertySymbols(socket);
  const named = (name: string): symbol | undefined =>
    symbols.find(({ description }) => description === name);
  const [buffer, callback] = [named("kBuffer"), named("kBufferCb")];
  return buffer === undefined || callback === undefined ? null : { buffer, callback };
}
