import { AsyncWriteError, type Done } from "@aw/core";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { Heartbeat, type HeartbeatOptions } from "./heartbeat.ts";
import { sendInMessages, type Link, type LinkEvents } from "../link.ts";
import { writeMasked } from "./masked-frames.ts";

export interface WsLinkOptions {
  heartbeat?: HeartbeatOptions | undefined;
  /** The socket below a client, if it is known: to mask faster than `ws` does. */
  socket?: Duplex | undefined;
}

/** A link over a socket of `ws`. The callback of a message says when the kernel has it. */
export class WsLink implements Link {
  readonly name: string;
  readonly #ws: WebSocket;
  readonly #heartbeat: HeartbeatOptions | undefined;
  readonly #socket: Duplex | undefined;

  constructor(ws: WebSocket, name: string, { heartbeat, socket }: WsLinkOptions = {}) {
    this.#ws = ws;
    this.name = name;
    this.#heartbeat = heartbeat;
    // Compressed messages are the business of ws.
    this.#socket = ws.extensions === "" ? socket : undefined;
  }

  get protocol(): string {
    return this.#ws.protocol;
  }

  start(events: LinkEvents): void {
    const ws = this.#ws;
    ws.binaryType = "nodebuffer";
    ws.on("message", (data: Buffer, isBinary) => {
      if (isBinary) events.binary(data);
      else events.text(data.toString());
    });
    ws.on("error", (error) => events.failed(wsError(this.name, error)));
    ws.on("close", (code, reason) => events.closed({ code, reason: reason.toString() }));
    if (this.#heartbeat === undefined) return;
    new Heartbeat(ws, this.#heartbeat, (message) => {
      events.failed(new AsyncWriteError("ERR_AW_TIMEOUT", `${this.name}: ${message}`));
      ws.terminate();
    }).start();
  }

  sendBytes(bytes: Uint8Array, most: number, done: Done): void {
    const socket = this.#socket;
    if (socket === undefined) sendInMessages(this, bytes, most, done);
    else if (this.#ws.readyState === this.#ws.OPEN)
      writeMasked(socket, bytes, most, unlessFailed(done));
  }

  send(message: Uint8Array | string, done: Done): void {
    this.#ws.send(message, unlessFailed(done));
  }

  drained(done: Done): void {
    done();
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, reason);
  }

  terminate(): void {
    this.#ws.terminate();
  }

  pause(): void {
    this.#ws.pause();
  }

  resume(): void {
    if (this.#ws.isPaused) this.#ws.resume();
  }
}

/** After an error the socket closes, and `close` says why. */
function unlessFailed(done: Done): Done {
  return (error) => {
    if (error === undefined || error === null) done();
  };
}

/** What `ws` found wrong with a frame, or the system with the socket. */
export function wsError(layer: string, cause: Error): AsyncWriteError {
  const { code = "" } = cause as NodeJS.ErrnoException;
  if (!code.startsWith("WS_ERR_")) return AsyncWriteError.from(cause, layer);
  const tooBig = code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH" || code.startsWith("WS_ERR_TOO_MANY");
  const message = tooBig
    ? `${layer}: the peer sent a message beyond maxPayload; raise it, or have the peer send less at a time`
    : `${layer}: the peer broke the WebSocket protocol: ${cause.message}`;
  return new AsyncWriteError(tooBig ? "ERR_AW_LIMIT" : "ERR_AW_PROTOCOL", message, { cause });
}
