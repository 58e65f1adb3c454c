import { AsyncWriteError, type Done } from "@aw/core";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { closeError } from "../close-error.ts";
import { sendInMessages, type Link, type LinkEvents } from "../link.ts";
import { diagnostics } from "./diagnostics.ts";
import { writeFrames, writeFramesAtOnce } from "./frames.ts";
import { Heartbeat, type HeartbeatOptions } from "./heartbeat.ts";
import { InflateGate } from "./inflate-gate.ts";
import { WsPulse } from "./pulse.ts";
import { socketAtOnce } from "./took-at-once.ts";
import { handshakeError, wsError } from "./ws-error.ts";
import { socketOf } from "./ws-socket.ts";

export interface WsLinkOptions {
  heartbeat?: HeartbeatOptions | undefined;
  /** The socket below, if it is known: its bytes are signs of life. */
  socket?: Duplex | undefined;
  /** Which end it is, if that is known: then frames are made faster than `ws` does it. */
  role?: "client" | "server" | undefined;
  /** When connecting or accepting began, by `performance.now()`. */
  startedAt?: number | undefined;
}

/** The codes of errors after which `ws` answers with a close frame by itself. */
const ANSWERED = /^(?:WS_ERR_|Z_)/;

const NO_BYTES = new Uint8Array(0);

/** A link over a socket of `ws`. The callback of a message says when the kernel has it. */
export class WsLink implements Link {
  readonly name: string;
  readonly #ws: WebSocket;
  readonly #options: WsLinkOptions;
  /** What frames of ours are written to, past `ws`. */
  #framesTo: Duplex | undefined;
  /** The same, if it mostly takes them at once. */
  #framesAtOnceTo: Socket | undefined;
  #gate: InflateGate | undefined;
  /** When it was open; 0 before. */
  #openedAt = 0;

  constructor(ws: WebSocket, name: string, options: WsLinkOptions = {}) {
    this.#ws = ws;
    this.name = name;
    this.#options = options;
  }

  get protocol(): string {
    return this.#ws.protocol;
  }

  get isOpen(): boolean {
    return this.#ws.readyState !== this.#ws.CONNECTING;
  }

  start(events: LinkEvents): void {
    const ws = this.#ws;
    ws.binaryType = "nodebuffer";
    ws.on("message", (data: Buffer, isBinary) => {
      if (isBinary) events.binary(data);
      else events.text(data.toString());
    });
    let opened = this.isOpen;
    ws.on("error", (error) => {
      const { code = "" } = error as NodeJS.ErrnoException;
      const failure = opened
        ? wsError(this.name, error)
        : handshakeError(`connect ${this.name}`, error);
      diagnostics.error(this.name, failure);
      events.failed(failure, ANSWERED.test(code) ? 1002 : undefined);
    });
    ws.on("close", (code, reason) => {
      this.#publishClose(code);
      events.closed({ code, reason: reason.toString() });
    });
    if (opened) {
      this.#onOpen(events);
      return;
    }
    ws.on("open", () => {
      opened = true;
      this.#onOpen(events);
      events.opened();
    });
  }

  sendBytes(bytes: Uint8Array, maxLength: number, done: Done): void {
    const socket = this.#framesTo;
    if (socket === undefined) sendInMessages(this, bytes, maxLength, done);
    else if (this.#ws.readyState === this.#ws.OPEN) {
      writeFrames(socket, bytes, maxLength, this.#options.role === "client", unlessFailed(done));
    }
  }

  get canSendAtOnce(): boolean {
    return this.#framesAtOnceTo !== undefined && this.#ws.readyState === this.#ws.OPEN;
  }

  sendAtOnce(bytes: Uint8Array, maxLength: number): boolean {
    const socket = this.#framesAtOnceTo as Socket;
    return writeFramesAtOnce(socket, bytes, maxLength, this.#options.role === "client");
  }

  /** An empty write behind what waits is answered when that has left. */
  whenSent(done: Done): void {
    this.#framesAtOnceTo?.write(NO_BYTES, unlessFailed(done));
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
    this.#gate?.cut();
  }

  pause(): void {
    this.#gate?.close();
    this.#ws.pause();
  }

  resume(): void {
    this.#gate?.open();
    if (this.#ws.isPaused) this.#ws.resume();
  }

  #onOpen(events: LinkEvents): void {
    const ws = this.#ws;
    const { heartbeat, socket, role, startedAt } = this.#options;
    this.#openedAt = performance.now();
    diagnostics.open(() => ({
      name: this.name,
      protocol: ws.protocol,
      handshakeMs: startedAt === undefined ? undefined : this.#openedAt - startedAt,
    }));
    // Compressed messages go through `ws`.
    if (ws.extensions !== "") this.#holdMessages(events);
    else if (role === "client") this.#framesTo = socket;
    else if (role === "server") this.#framesTo = socketOf(ws);
    this.#framesAtOnceTo = socketAtOnce(this.#framesTo);
    if (heartbeat === undefined) return;
    const beating = new Heartbeat(new WsPulse(ws, socket), heartbeat, (message) => {
      const error = new AsyncWriteError("ERR_AW_TIMEOUT", `${this.name}: ${message}`);
      diagnostics.error(this.name, error);
      // Without a code: the peer is dead.
      events.failed(error);
    });
    ws.on("close", () => beating.stop());
    beating.start();
  }

  /** `ws` tells of the end of the socket behind what waits for the reader; who writes has to hear of it at once. */
  #holdMessages(events: LinkEvents): void {
    const gate = new InflateGate(this.#ws);
    this.#gate = gate;
    socketOf(this.#ws)?.once("close", () => {
      gate.whenHolding(() => events.lost(closeError(this.name, { code: 1006, reason: "" })));
    });
  }

  #publishClose(code: number): void {
    if (this.#openedAt === 0) return;
    const { bytesRead, bytesWritten } = (this.#options.socket ?? {}) as Partial<Socket>;
    diagnostics.close(() => ({
      name: this.name,
      code,
      bytesRead,
      bytesWritten,
      openMs: performance.now() - this.#openedAt,
    }));
  }
}

/** After an error the socket closes, and `close` says why. */
function unlessFailed(done: Done): Done {
  return (error) => {
    if (error === undefined || error === null) done();
  };
}
