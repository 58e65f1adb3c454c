import type { AsyncWriteError, Done } from "@aw/core";

/** How a WebSocket ended. */
export interface Closure {
  /** The close code of the peer; 1005 if it gave none, 1006 if it just vanished. */
  readonly code: number;
  readonly reason: string;
  /** Whether bytes that the link had taken never left. Default: false. */
  readonly unsent?: boolean;
}

/** What a link calls its connection with. */
export interface LinkEvents {
  /** The link that was still connecting is open. */
  opened(): void;
  binary(bytes: Uint8Array): void;
  text(text: string): void;
  /**
   * The link is broken: a system error, an invalid frame. `code` goes to the peer in a close
   * frame; without one it is cut off.
   */
  failed(error: AsyncWriteError, code?: number): void;
  /**
   * Nothing that is sent arrives any more, because the peer is gone. What it sent before may still come, once it is
   * read, and `closed` behind that.
   */
  lost(error: AsyncWriteError): void;
  /** The link is gone. The last event. */
  closed(closure: Closure): void;
}

/** The little that a byte stream needs of a WebSocket: three implementations, one engine. */
export interface Link {
  /** The subprotocol that was agreed on; "" for none. */
  readonly protocol: string;
  readonly name: string;
  /** False while it is still connecting: nothing may be sent before `opened`. */
  readonly isOpen: boolean;
  start(events: LinkEvents): void;
  /**
   * Sends bytes as binary messages of at most `maxLength` bytes. Answers once more may be sent. Until
   * then the bytes are the link's, which may mask them in place. When the link closes before that,
   * only `closed` is called.
   */
  sendBytes(bytes: Uint8Array, maxLength: number, done: Done): void;
  /** Whether `sendAtOnce` is there, and may be called now. */
  readonly canSendAtOnce?: boolean;
  /**
   * `sendBytes` of few bytes, which mostly leave within the call: returns whether they have. If not, `whenSent` is called
   * next, and the bytes are the link's until that has answered.
   */
  sendAtOnce?(bytes: Uint8Array, maxLength: number): boolean;
  /** Answers once the bytes of the last `sendAtOnce` have left, as `sendBytes` does. */
  whenSent?(done: Done): void;
  /** Sends one message. Answers as `sendBytes` does, and leaves the bytes as they are. */
  send(message: Uint8Array | string, done: Done): void;
  /** Answers once everything that was sent has left. When the link closes before that, as `sendBytes`. */
  drained(done: Done): void;
  /** Begins the closing handshake, or answers that of the peer. */
  close(code: number, reason: string): void;
  /** Cuts the connection off at once, so that the peer can't take it for an orderly end. */
  terminate(): void;
  pause(): void;
  resume(): void;
}

/** `sendBytes` by a link that has nothing better: one `send` for each message. */
export function sendInMessages(link: Link, bytes: Uint8Array, maxLength: number, done: Done): void {
  let start = 0;
  for (; bytes.length - start > maxLength; start += maxLength) {
    link.send(bytes.subarray(start, start + maxLength), ignore);
  }
  link.send(start === 0 ? bytes : bytes.subarray(start), done);
}

function ignore(): void {}
