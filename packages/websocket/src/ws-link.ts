import { AsyncWriteError, type Done } from "@aw/core";
import type { WebSocket } from "ws";
import { Heartbeat, type HeartbeatOptions } from "./heartbeat.ts";
import type { Link, LinkEvents } from "./link.ts";

/**
 * A link over a socket of `ws`. A message that a server sends is not copied, and a client masks it
 * into a frame of its own; either way the callback of `send` says when the kernel has it.
 */
export class WsLink implements Link {
  readonly name: string;
  readonly copies: boolean;
  #unsent = 0;
  #drained: Done | undefined;
  readonly #ws: WebSocket;
  readonly #heartbeat: HeartbeatOptions | undefined;

  /** @param masks whether each message is masked into a new frame before `send` returns */
  constructor(ws: WebSocket, name: string, heartbeat?: HeartbeatOptions, masks = false) {
    this.#ws = ws;
    this.copies = masks && ws.extensions === "";
    this.name = name;
    this.#heartbeat = heartbeat;
  }

  get waiting(): number {
    return this.#ws.bufferedAmount;
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

  send(message: Uint8Array | string, done: Done): void {
    // After an error the socket closes, and `close` says why.
    this.#unsent++;
    this.#ws.send(message, (error) => {
      if (error !== undefined && error !== null) return;
      this.#unsent--;
      done();
      if (this.#unsent === 0) this.#drained?.();
    });
  }

  drained(done: Done): void {
    if (this.#unsent === 0) done();
    else this.#drained = done;
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
