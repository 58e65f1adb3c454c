import { AsyncWriteError, type Done } from "@aw/core";
import { sendInMessages, type Link, type LinkEvents } from "./link.ts";

/** `Uint8Array<ArrayBuffer>`, for compilers before 5.7 too: bytes that no other thread shares. */
type OwnBytes = Uint8Array & { readonly buffer: ArrayBuffer };

/** What is used of the platform's WebSocket: that of browsers, Node, Deno and Bun. */
export interface PlatformWebSocket {
  binaryType: string;
  readonly bufferedAmount: number;
  readonly readyState: number;
  readonly protocol: string;
  readonly url: string;
  send(data: OwnBytes | string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  addEventListener(
    type: "close",
    listener: (event: { code: number; reason: string }) => void,
  ): void;
  addEventListener(type: "open" | "error", listener: () => void): void;
}

const CONNECTING = 0;
const CLOSING = 2;

/** More is sent while the platform holds at most this many bytes, so it never holds more than twice that. */
const MAX_BUFFERED: number = 256 * 1024;

/** The platform has no event for it: how often `bufferedAmount` is read, in milliseconds. */
const POLL_EVERY_MS = 4;

/** The platform's `close` takes only 1000 and 3000 to 4999: others move up by 3000, 1003 to 4003. */
export function platformCode(code: number): number {
  return code === 1000 || code >= 3000 ? code : code + 3000;
}

/** What the peer sees instead of a connection that is cut off, which the platform can't do. */
export const ABORTED = 4000;

/** The platform does not say why it could not connect. */
export function unreachable(name: string, cause?: unknown): AsyncWriteError {
  const message = `${name}: refused or unreachable (this WebSocket does not say which); is the server running, and does it let this page in?`;
  return new AsyncWriteError("ERR_AW_CONNECT", message, { cause });
}

/**
 * A link over the platform's WebSocket. `send` copies; `bufferedAmount` bounds what waits. It
 * can't stop a peer: what arrives and is not read waits in memory.
 */
export class PlatformLink implements Link {
  readonly name: string;
  readonly #ws: PlatformWebSocket;
  #closed = false;
  /** Called when the platform holds less. */
  readonly #waiting = new Set<Done>();

  constructor(ws: PlatformWebSocket, name: string) {
    this.#ws = ws;
    this.name = name;
  }

  get protocol(): string {
    return this.#ws.protocol;
  }

  get isOpen(): boolean {
    return this.#ws.readyState !== CONNECTING;
  }

  start(events: LinkEvents): void {
    const ws = this.#ws;
    let opened = this.isOpen;
    ws.addEventListener("open", () => {
      opened = true;
      events.opened();
    });
    ws.binaryType = "arraybuffer";
    ws.addEventListener("message", ({ data }) => {
      if (typeof data === "string") events.text(data);
      else events.binary(new Uint8Array(data as ArrayBuffer));
    });
    ws.addEventListener("close", ({ code, reason }) => {
      this.#closed = true;
      // Workers of Cloudflare leave it to their program to answer the peer's close.
      if (ws.readyState === CLOSING) ws.close(1000);
      if (!opened) events.failed(unreachable(this.name));
      // What is counted now never left: it does not get less any more.
      const unsent = ws.bufferedAmount > 0;
      if (!unsent) for (const done of this.#waiting) done();
      events.closed({ code, reason, unsent });
    });
    // It says nothing; `close` comes next, and says what is known.
    ws.addEventListener("error", () => {});
  }

  sendBytes(bytes: Uint8Array, maxLength: number, done: Done): void {
    sendInMessages(this, bytes, maxLength, done);
  }

  send(message: Uint8Array | string, done: Done): void {
    try {
      this.#ws.send(message as OwnBytes | string);
    } catch (error) {
      done(AsyncWriteError.from(error, this.name));
      return;
    }
    this.#below(MAX_BUFFERED, done);
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

  #below(maxBytes: number, done: Done): void {
    // After the end it never gets less; `closed` said what became of it.
    if (this.#closed) return;
    if (this.#ws.bufferedAmount <= maxBytes) {
      this.#waiting.delete(done);
      done();
      return;
    }
    this.#waiting.add(done);
    setTimeout(() => this.#below(maxBytes, done), POLL_EVERY_MS);
  }
}
