import type { Duplex } from "node:stream";
import { readsIntoShared } from "./shared-reads.ts";

/** What is called for the events of a Duplex. */
export interface DuplexOwner {
  /** A socket has read `bytes`, which are valid until this returns. Returns false if they are not wanted here. */
  onRead(bytes: Uint8Array): boolean;
  onData(chunk: unknown): void;
  onEnd(): void;
  onError(error: Error): void;
  onClose(): void;
}

/**
 * Under this name a Duplex knows its owner, so that all duplexes have the same listeners: closures would
 * take most of the memory of an idle connection.
 */
const OWNER: unique symbol = Symbol("@aw/node owner");

type Owned = Duplex & { [OWNER]?: DuplexOwner | undefined };

/** Whether somebody owns the duplex. */
export function isOwned(duplex: Duplex): boolean {
  return (duplex as Owned)[OWNER] !== undefined;
}

/** From now on, no error of an idle duplex ends the process. */
export function own(duplex: Duplex, owner: DuplexOwner): void {
  (duplex as Owned)[OWNER] = owner;
  duplex.on("error", onError).on("close", onClose);
}

/** The duplex is its maker's again. */
export function disown(duplex: Duplex): void {
  (duplex as Owned)[OWNER] = undefined;
  duplex.off("error", onError).off("close", onClose);
}

/** Makes the duplex flow, unless it was paused. A socket's bytes come by `onRead` where that is possible. */
export function listenToData(duplex: Duplex): void {
  readsIntoShared(duplex, onRead);
  duplex.on("data", onData).on("end", onEnd);
}

export function stopListeningToData(duplex: Duplex): void {
  duplex.off("data", onData).off("end", onEnd);
}

/** What was shown last: small messages are often of one length. */
let lastRead: Uint8Array = new Uint8Array(0);

function onRead(this: Owned, length: number, memory: Uint8Array): boolean {
  const { buffer, byteOffset } = memory;
  const isSame = lastRead.buffer === buffer && lastRead.byteOffset === byteOffset;
  if (!isSame || lastRead.length !== length) lastRead = new Uint8Array(buffer, byteOffset, length);
  // What the stream holds comes first. And whoever has a socket that is nobody's here reads it as a stream.
  const isTaken = this.readableLength === 0 && this[OWNER]?.onRead(lastRead) === true;
  return isTaken || this.push(Buffer.from(lastRead));
}

function onData(this: Owned, chunk: unknown): void {
  this[OWNER]?.onData(chunk);
}

function onEnd(this: Owned): void {
  this[OWNER]?.onEnd();
}

function onError(this: Owned, error: Error): void {
  this[OWNER]?.onError(error);
}

function onClose(this: Owned): void {
  this[OWNER]?.onClose();
}
