import type { AddressInfo, Server, Socket } from "node:net";
import { formatAddress } from "./address.ts";
import { TcpConnection } from "./tcp-connection.ts";

export interface ListenerCloseOptions {
  /** Aborts the connections that are still open after this many milliseconds. Default: waits. */
  deadline?: number | undefined;
}

/**
 * A server's end: iterate over it for its connections. Each connection is yours from then on.
 * Leaving the loop does not close the listener.
 */
export class TcpListener implements AsyncIterable<TcpConnection>, AsyncDisposable {
  readonly #server: Server;
  readonly #address: AddressInfo | string;
  readonly #maxConnections: number;
  /** Connections that are open, waiting for the loop or not. */
  readonly #open = new Map<Socket, TcpConnection>();
  readonly #waiting: TcpConnection[] = [];
  readonly #takers: ((result: IteratorResult<TcpConnection>) => void)[] = [];
  #refused = 0;
  #accepting = true;

  constructor(
    server: Server,
    address: AddressInfo | string,
    maxConnections: number = Number.POSITIVE_INFINITY,
  ) {
    this.#server = server;
    this.#address = address;
    this.#maxConnections = maxConnections;
    server.on("connection", (socket: Socket) => this.#accept(socket));
    // Accepting goes on after a failure such as EMFILE: Node tries again when a descriptor is free.
    server.on("error", () => {});
  }

  /** Where it listens: with the port that the system chose, or the path. */
  get address(): AddressInfo | string {
    return this.#address;
  }

  /** How many connections are open now. */
  get connections(): number {
    return this.#open.size;
  }

  /** How many connections were refused because `maxConnections` were open. */
  get refused(): number {
    return this.#refused;
  }

  [Symbol.asyncIterator](): AsyncIterator<TcpConnection> {
    return {
      next: () => this.#next(),
      return: () => Promise.resolve({ done: true, value: undefined }),
    };
  }

  /**
   * Accepts no more connections and ends the loop, then waits for the open ones to end. Those that
   * nobody took from the loop are aborted.
   */
  async close(options: ListenerCloseOptions = {}): Promise<void> {
    const closed = this.#stop();
    for (const connection of this.#waiting.splice(0)) connection.abort();
    const { deadline } = options;
    const timer =
      deadline === undefined ? undefined : setTimeout(() => this.#abortAll(undefined), deadline);
    await closed;
    clearTimeout(timer);
  }

  /** Closes at once: aborts every open connection. */
  abort(reason?: unknown): void {
    void this.#stop();
    this.#waiting.length = 0;
    this.#abortAll(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abort(new Error("the `await using` block of the listener ended"));
    await this.#stop();
  }

  toString(): string {
    return typeof this.#address === "string"
      ? `unix ${this.#address}`
      : `tcp ${formatAddress(this.#address.address, this.#address.port)}`;
  }

  #accept(socket: Socket): void {
    if (this.#open.size >= this.#maxConnections) {
      this.#refused++;
      socket.resetAndDestroy();
      return;
    }
    const path = typeof this.#address === "string" ? this.#address : undefined;
    const connection = new TcpConnection(socket, path);
    this.#open.set(socket, connection);
    socket.on("close", () => this.#open.delete(socket));
    const taker = this.#takers.shift();
    if (taker === undefined) this.#waiting.push(connection);
    else taker({ done: false, value: connection });
  }

  #next(): Promise<IteratorResult<TcpConnection>> {
    const value = this.#waiting.shift();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    if (!this.#accepting) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  /** Stops accepting; resolves when all connections are gone. */
  #stop(): Promise<void> {
    if (this.#accepting) {
      this.#accepting = false;
      for (const taker of this.#takers.splice(0)) taker({ done: true, value: undefined });
    }
    return new Promise((resolve) => {
      if (this.#server.listening) this.#server.close();
      if (this.#open.size === 0 && !this.#server.listening) resolve();
      else this.#server.once("close", () => resolve());
    });
  }

  #abortAll(reason: unknown): void {
    for (const connection of this.#open.values()) connection.abort(reason);
  }
}
