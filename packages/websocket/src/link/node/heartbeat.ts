import type { WebSocket } from "ws";
import { milliseconds } from "../options.ts";

export interface HeartbeatOptions {
  /** How long after the last sign of life a ping is sent, in milliseconds. Default: 30,000. */
  interval?: number | undefined;
  /** How long the peer may take to show a sign of life then, in milliseconds. Default: 10,000. */
  timeout?: number | undefined;
}

export function checkHeartbeat(options: HeartbeatOptions | undefined): void {
  milliseconds("heartbeat.interval", options?.interval, 1);
  milliseconds("heartbeat.timeout", options?.timeout, 1);
}

/** Pings a peer, and finds that it is dead. Any message, ping or pong is a sign of life. */
export class Heartbeat {
  readonly #ws: WebSocket;
  readonly #interval: number;
  readonly #timeout: number;
  readonly #onDead: (message: string) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #heard = false;

  constructor(ws: WebSocket, options: HeartbeatOptions, onDead: (message: string) => void) {
    this.#ws = ws;
    this.#interval = options.interval ?? 30_000;
    this.#timeout = options.timeout ?? 10_000;
    this.#onDead = onDead;
  }

  start(): void {
    const hear = (): void => {
      this.#heard = true;
    };
    for (const event of ["message", "ping", "pong"]) this.#ws.on(event, hear);
    this.#ws.on("close", () => clearTimeout(this.#timer));
    this.#rest();
  }

  #rest(): void {
    this.#heard = false;
    this.#timer = setTimeout(() => this.#ask(), this.#interval);
  }

  #ask(): void {
    // While our reader makes the peer wait, its pongs wait too: there is nothing to conclude.
    if (this.#heard || this.#ws.isPaused || this.#ws.readyState !== this.#ws.OPEN) {
      this.#rest();
      return;
    }
    this.#ws.ping();
    this.#timer = setTimeout(() => {
      if (this.#heard || this.#ws.isPaused) this.#rest();
      else this.#onDead(`no sign of life within ${this.#timeout} ms of a ping; the peer is dead`);
    }, this.#timeout);
  }
}
