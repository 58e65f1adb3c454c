import type { Duplex } from "node:stream";

/** What is called for the events of a Duplex. */
export interface DuplexOwner {
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

/** Makes the duplex flow, unless it was paused. */
export function listenToData(duplex: Duplex): void {
  duplex.on("data", onData).on("end", onEnd);
}

export function stopListeningToData(duplex: Duplex): void {
  duplex.off("data", onData).off("end", onEnd);
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
