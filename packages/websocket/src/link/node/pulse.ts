import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { queuedBytes } from "./queued-bytes.ts";

/** What a heartbeat sees of a connection, and does to it. */
export interface Pulse {
  /** Whether there was a sign of life since it was last asked. */
  beat(): boolean;
  /** Whether the peer's bytes can't be seen now, because our reader makes it wait. */
  readonly isBlind: boolean;
  ping(): void;
}

/** What sockets of Node count; a Duplex of somebody else may not. */
interface Counting {
  bytesRead?: number;
  bytesWritten?: number;
}

/** The pulse of a socket of `ws`: whole messages, and the bytes of the socket below where it counts them. */
export class WsPulse implements Pulse {
  readonly #ws: WebSocket;
  readonly #socket: (Duplex & Counting) | undefined;
  #heard = 0;
  /** What was received and sent at the last beat. */
  #received = -1;
  #taken = 0;
  #queued = 0;
  /** Whether bytes waited at the last beat until the peer makes room. */
  #waited = false;

  constructor(ws: WebSocket, socket: Duplex | undefined) {
    this.#ws = ws;
    this.#socket = socket;
    const hear = (): void => {
      this.#heard++;
    };
    for (const event of ["message", "ping", "pong"]) ws.on(event, hear);
  }

  get isBlind(): boolean {
    return this.#ws.isPaused || this.#socket?.isPaused() === true;
  }

  beat(): boolean {
    const { bytesRead = 0, bytesWritten = 0, writableLength = 0 } = this.#socket ?? {};
    const received = this.#heard + bytesRead;
    const taken = bytesWritten - writableLength;
    const queued = queuedBytes(this.#socket);
    // The kernel takes a little from anybody. What it had refused, it takes when the peer made room.
    const sent = this.#waited && (taken !== this.#taken || queued !== this.#queued);
    const alive = received !== this.#received || sent;
    this.#received = received;
    this.#taken = taken;
    this.#queued = queued;
    this.#waited = writableLength > 0;
    return alive;
  }

  ping(): void {
    if (this.#ws.readyState === this.#ws.OPEN) this.#ws.ping();
  }
}
