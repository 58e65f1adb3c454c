import { AsyncWriteError, type Done } from "@aw/core";
import { sendInMessages, type Link, type LinkEvents } from "./link.ts";

/** What is used of the platform's WebSocket: that of browsers, Node, Deno and Bun. */
export interface PlatformWebSocket {
  binaryType: string;
  readonly bufferedAmount: number;
  readonly readyState: number;
  readonly protocol: string;
  readonly url: string;
  send(data: Uint8Array<ArrayBuffer> | string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  addEventListener(
    type: "close",
    listener: (event: { code: number; reason: string }) => void,
  ): void;
  addEventListener(type: "open" | "error", listener: () => void): void;
}

/** The platform may hold this many bytes when more is sent to it, so never more than twice that. */
const MOST_BUFFERED: number = 256 * 1024;

/** The platform has no event for it: how often its buffer is looked at, in milliseconds. */
const LOOK_EVERY = 4;

/** The platform's `close` takes only 1000 and 3000 to 4999: others move up by 3000, 1003 to 4003. */
export function platformCode(code: number): number {
  return code === 1000 || code >= 3000 ? code : code + 3000;
}

/** What the peer sees instead of a connection that is cut off, which the platform can't do. */
export const ABORTED = 4000;

/**
 * A link over the platform's WebSocket. `send` copies; `bufferedAmount` bounds what waits. It
 * can't stop a peer: what arrives and is not read waits in memory.
 */
export class PlatformLink implements Link {
  readonly name: string;
  readonly #ws: PlatformWebSocket;
  #closed = false;

  constructor(ws: PlatformWebSocket, name: string) {
    this.#ws = ws;
    this.name = name;
  }

  get protocol(): string {
    return this.#ws.protocol;
  }

  start(events: LinkEvents): void {
    const ws = this.#ws;
    ws.binaryType = "arraybuffer";
    ws.addEventListener("message", ({ data }) => {
      if (typeof data === "string") events.text(data);
      else events.binary(new Uint8Array(data as ArrayBuffer));
    });
    ws.addEventListener("close", ({ code, reason }) => {
      this.#closed = true;
      events.closed({ code, reason });
    });
    // It says nothing; `close` comes next, and says what is known.
    ws.addEventListener("error", () => {});
  }

  sendBytes(bytes: Uint8Array, most: number, done: Done): void {
    sendInMessages(this, bytes, most, done);
  }

  send(message: Uint8Array | string, done: Done): void {
    try {
      this.#ws.send(message as Uint8Array<ArrayBuffer> | string);
    } catch (error) {
      done(AsyncWriteError.from(error, this.name));
      return;
    }
    this.#below(MOST_BUFFERED, done);
  }

  drained(done: Done): void {
    this.#below(0, done);
  }

  close(code: number, reason: string): void {
    this.#ws.close(platformCode(code), reason);
  }

  terminate(): void {
    this.#ws.close(ABORTED, "aborted");
  }

  pause(): void {}

  resume(): void {}

  #below(most: number, done: Done): void {
    // After the end it never gets less; `closed` says what became of it.
    if (this.#closed) return;
    if (this.#ws.bufferedAmount <= most) done();
    else setTimeout(() => this.#below(most, done), LOOK_EVERY);
  }
}
