import type { Done } from "@aw/core";
import { sendInMessages, type Closure, type Link, type LinkEvents } from "./link.ts";
import { ABORTED, platformCode } from "./platform-link.ts";

type Chunk = string | ArrayBuffer | Uint8Array;

/** What is used of the platform's WebSocketStream, which few type libraries know yet. */
export interface PlatformWebSocketStream {
  readonly opened: Promise<OpenWebSocketStream>;
  readonly closed: Promise<{ closeCode?: number; reason?: string }>;
  close(info?: { closeCode?: number; reason?: string }): void;
}

export interface OpenWebSocketStream {
  readonly protocol: string;
  readonly readable: ReadableStream<Chunk>;
  readonly writable: WritableStream<Uint8Array | string>;
}

/** A link over a WebSocketStream: it has backpressure in both directions. */
export class StreamLink implements Link {
  readonly name: string;
  readonly protocol: string;
  readonly isOpen = true;
  readonly #socket: PlatformWebSocketStream;
  readonly #readable: ReadableStream<Chunk>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array | string>;
  #lastWrite: Promise<void> = Promise.resolve();
  #isClosing = false;
  #paused = false;
  #over = false;
  #goOn: () => void = () => {};

  constructor(socket: PlatformWebSocketStream, opened: OpenWebSocketStream, name: string) {
    this.#socket = socket;
    this.protocol = opened.protocol;
    this.#readable = opened.readable;
    this.#writer = opened.writable.getWriter();
    this.name = name;
    // `closed` of the socket says the same.
    this.#writer.closed.catch(() => {});
  }

  start(events: LinkEvents): void {
    void this.#run(events);
  }

  sendBytes(bytes: Uint8Array, maxLength: number, done: Done): void {
    sendInMessages(this, bytes, maxLength, done);
  }

  send(message: Uint8Array | string, done: Done): void {
    this.#lastWrite = this.#writer.write(message).then(
      () => done(),
      () => {},
    );
  }

  drained(done: Done): void {
    done();
  }

  close(code: number, reason: string): void {
    void this.#lastWrite.then(() => this.#close(platformCode(code), reason));
  }

  terminate(): void {
    this.#close(ABORTED, "aborted");
    this.#over = true;
    this.#goOn();
  }

  pause(): void {
    this.#paused = !this.#over;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#goOn();
  }

  #close(closeCode: number, reason: string): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#socket.close({ closeCode, reason });
  }

  async #run(events: LinkEvents): Promise<void> {
    const reading = this.#read(events);
    const closure = await this.#closure();
    // What arrived before the end is delivered before the end is.
    this.#over = true;
    this.resume();
    await reading;
    events.closed(closure);
  }

  async #read(events: LinkEvents): Promise<void> {
    const reader = this.#readable.getReader();
    for (;;) {
      if (this.#paused) {
        await new Promise<void>((resolve) => {
          this.#goOn = resolve;
        });
      }
      // Only what the platform throws: `closed` says why.
      const next = await reader.read().catch(() => undefined);
      if (next === undefined || next.done) return;
      const { value } = next;
      if (typeof value === "string") events.text(value);
      else events.binary(value instanceof Uint8Array ? value : new Uint8Array(value));
    }
  }

  async #closure(): Promise<Closure> {
    try {
      const { closeCode = 1005, reason = "" } = await this.#socket.closed;
      return { code: closeCode, reason };
    } catch (error) {
      const { closeCode, reason } = error as { closeCode?: number | null; reason?: string };
      return { code: closeCode ?? 1006, reason: reason ?? "" };
    }
  }
}
