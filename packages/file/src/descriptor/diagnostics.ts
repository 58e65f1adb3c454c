import { channel, type Channel } from "node:diagnostics_channel";
import type { AsyncWriteError } from "@aw/core";

/** What each message of the channels says. */
export interface FileEvent {
  /** As in error messages: "file app.log". */
  name: string;
}

/** When a file could not be opened, a writer failed or was aborted, or a log could not be written. */
export interface FileErrorEvent extends FileEvent {
  error: AsyncWriteError;
  /** Of logs that go on: how many lines were lost since the last such event. */
  linesLost: number;
}

/** When the file is closed, also after a failure. */
export interface FileCloseEvent extends FileEvent {
  /** Milliseconds since it was opened. */
  duration: number;
  /** What the system took, in all files of a log that rotates. */
  bytesWritten: number;
  /** Why, if it failed or was aborted. */
  error: AsyncWriteError | undefined;
}

/** When a file of a log has become an old one. */
export interface FileRotateEvent extends FileEvent {
  /** The path of the old file. */
  path: string;
  /** Its size, in bytes. */
  bytes: number;
  /** When it was begun. */
  begun: Date;
  /** How long that took, in milliseconds. Until then, writes wait. */
  duration: number;
}

/**
 * The channels of `node:diagnostics_channel` on which files publish what happens to them. Nothing is
 * made for a channel that has no subscriber.
 */
export const channels: Readonly<Record<"open" | "error" | "close" | "rotate", Channel>> = {
  open: channel("aw:file:open"),
  error: channel("aw:file:error"),
  close: channel("aw:file:close"),
  rotate: channel("aw:file:rotate"),
};

export function publishError(name: string, error: AsyncWriteError, linesLost = 0): void {
  if (!channels.error.hasSubscribers) return;
  channels.error.publish({ name, error, linesLost } satisfies FileErrorEvent);
}
