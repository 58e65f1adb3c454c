import type { AsyncWriteError, Done } from "@aw/core";

/** How a WebSocket ended. */
export interface Closure {
  /** The close code of the peer; 1005 if it gave none, 1006 if it just vanished. */
  readonly code: number;
  readonly reason: string;
}

/** What a link tells its connection. */
export interface LinkEvents {
  binary(bytes: Uint8Array): void;
  text(text: string): void;
  /** The link is broken, and closes by itself: a system error, a frame that is none. */
  failed(error: AsyncWriteError): void;
  /** The link is gone. The last event. */
  closed(closure: Closure): void;
}

/** The little that a byte stream needs of a WebSocket: three implementations, one engine. */
export interface Link {
  /** The subprotocol that was agreed on; "" for none. */
  readonly protocol: string;
  readonly name: string;
  /** Whether `send` has its own copy when it returns, and how many bytes wait for the system then. */
  readonly copies: boolean;
  readonly waiting: number;
  start(events: LinkEvents): void;
  /**
   * Sends one message. Answers once more may be sent, and the bytes are the caller's again. When
   * the link closes before that, only `closed` is called.
   */
  send(message: Uint8Array | string, done: Done): void;
  /** Answers once everything that was sent has left. */
  drained(done: Done): void;
  /** Begins the closing handshake, or goes on with it. */
  close(code: number, reason: string): void;
  /** Lets go at once, so that the peer can't take it for an orderly end. */
  terminate(): void;
  pause(): void;
  resume(): void;
}
