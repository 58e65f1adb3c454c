import type { AddressInfo, Server } from "node:net";
import { milliseconds } from "../../link/options.ts";
import type { WebSocketConnection } from "../../link/websocket-connection.ts";

export interface ListenerCloseOptions {
  /** Aborts the connections that are still open after this many milliseconds. Default: waits. */
  deadline?: number | undefined;
}

/** A server's end: iterate over it for its connections. Each connection is yours from then on. */
export class WebSocketListener implements AsyncIterable<WebSocketConnection>, AsyncDisposable {
  readonly #server: Server;
  readonly #onStop: (() => void)[];
  readonly #open = new Set<WebSocketConnection>();
  readonly #waiting: WebSocketConnection[] = [];
  readonly #takers: ((result: IteratorResult<WebSocketConnection>) => void)[] = [];
  #idle: (() => void)[] = [];
  #accepting = true;

  /** For `listen` and `attach`: `stopAccepting` refuses further upgrades. */
  constructor(server: Server, stopAccepting: () => void) {
    this.#server = server;
    this.#onStop = [stopAccepting];
  }

  /** For `listen`: what else ends when the listener accepts no more. */
  onStop(step: () => void): void {
    this.#onStop.push(step);
  }

  /** Where the server listens; null if it does not yet. */
  get address(): AddressInfo | string | null {
    return this.#server.address();
  }

  /** How many connections are open now. */
  get connections(): number {
    return this.#open.size;
  }

  [Symbol.asyncIterator](): AsyncIterator<WebSocketConnection> {
    return {
      next: () => this.#next(),
      return: () => Promise.resolve({ done: true, value: undefined }),
    };
  }

  /** For `listen` and `attach`: hands a connection to the loop. Returns what to call at its end. */
  add(connection: WebSocketConnection): () => void {
    this.#open.add(connection);
    const taker = this.#takers.shift();
    if (taker === undefined) this.#waiting.push(connection);
    else taker({ done: false, value: connection });
    return () => {
      this.#open.delete(connection);
      const index = this.#waiting.indexOf(connection);
      // One that nobody took stays if there is something to read of it.
      if (index >= 0 && connection.state === "failed") this.#waiting.splice(index, 1);
      if (this.#open.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
    };
  }

  /**
   * Accepts no more connections and ends the loop, then waits for the open ones to end. Those that
   * nobody took from the loop are aborted.
   */
  async close(options: ListenerCloseOptions = {}): Promise<void> {
    const deadline = milliseconds("deadline", options.deadline, Infinity);
    this.#stop();
    for (const connection of this.#waiting.splice(0)) connection.abort();
    const timer =
      deadline === Infinity ? undefined : setTimeout(() => this.#abortAll(undefined), deadline);
    if (this.#open.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    clearTimeout(timer);
  }

  /** Closes at once: aborts every open connection. */
  abort(reason?: unknown): void {
    this.#stop();
    this.#waiting.length = 0;
    this.#abortAll(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abort(new Error("the `await using` block of the listener ended"));
    await this.close();
  }

  #next(): Promise<IteratorResult<WebSocketConnection>> {
    const value = this.#waiting.shift();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    if (!this.#accepting) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  #stop(): void {
    if (!this.#accepting) return;
    this.#accepting = false;
    for (const step of this.#onStop) step();
    for (const taker of this.#takers.splice(0)) taker({ done: true, value: undefined });
  }

  #abortAll(reason: unknown): void {
    for (const connection of this.#open) connection.abort(reason);
  }
}
