import type { AddressInfo, Server, Socket } from "node:net";
import { AsyncWriteError, type Connection } from "@aw/core";
import { checkMilliseconds } from "./check-options.ts";
import type { ListenOptions } from "./listen-socket.ts";
import { resetSocket } from "./reset-socket.ts";
import { describePeer, formatAddress } from "./socket-address.ts";

export interface ListenerCloseOptions {
  /** Aborts the connections that are still open after this many milliseconds. Default: waits. */
  deadline?: number | undefined;
}

export interface ConnectionListenerOptions<C extends Connection> extends Pick<
  ListenOptions,
  "maxConnections" | "onRefused" | "signal"
> {
  /** What `toString` and error messages call it: "tcp", "tls". */
  transport: string;
  /** Makes a connection of an accepted socket. If it fails, the socket is destroyed. */
  accept(socket: Socket, path: string | undefined): C | Promise<C>;
}

/**
 * A server's end: iterate over it for its connections. Each connection is yours from then on.
 * Leaving the loop does not close the listener.
 */
export class ConnectionListener<C extends Connection> implements AsyncIterable<C>, AsyncDisposable {
  readonly #server: Server;
  readonly #address: AddressInfo | string;
  readonly #options: ConnectionListenerOptions<C>;
  /** Sockets that are open; with their connection, once that is ready. */
  readonly #open = new Map<Socket, C | undefined>();
  /** Ready connections that nobody took yet. */
  readonly #waiting = new Set<C>();
  readonly #takers: ((result: IteratorResult<C>) => void)[] = [];
  /** Nothing is accepted any more, and every connection is gone. */
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers();
  #refused = 0;
  #accepting = true;

  constructor(server: Server, options: ConnectionListenerOptions<C>) {
    this.#server = server;
    this.#options = options;
    this.#address = server.address() as AddressInfo | string;
    server.on("connection", (socket: Socket) => this.#onSocket(socket));
    // Accepting goes on after a failure: Node tries again.
    server.on("error", (error) => this.#refuse(AsyncWriteError.from(error, `accept on ${this}`)));
    const { signal } = options;
    const onAbort = (): void => this.abort(signal?.reason);
    if (signal?.aborted) onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
    void this.#ended.promise.then(() => signal?.removeEventListener("abort", onAbort));
  }

  /** Where it listens: with the port that the system chose, or the path. */
  get address(): AddressInfo | string {
    return this.#address;
  }

  /** How many connections are open now, those in their handshake included. */
  get connections(): number {
    return this.#open.size;
  }

  /** How many connections were refused; each was told to `onRefused`. */
  get refused(): number {
    return this.#refused;
  }

  [Symbol.asyncIterator](): AsyncIterator<C> {
    return {
      next: () => this.#next(),
      return: () => Promise.resolve({ done: true, value: undefined }),
    };
  }

  /**
   * Accepts no more connections and ends the loop, then waits for the open ones to end. Those that
   * nobody took from the loop are aborted.
   *
   * Rejects with `ERR_AW_INVALID_ARGUMENT` for an impossible deadline, and goes on.
   */
  async close({ deadline }: ListenerCloseOptions = {}): Promise<void> {
    if (deadline !== 0) checkMilliseconds("deadline", deadline);
    const closed = this.#stop();
    for (const [socket, connection] of this.#open) {
      if (connection === undefined) socket.destroy();
      else if (this.#waiting.delete(connection)) connection.abort();
    }
    const timer =
      deadline === undefined ? undefined : setTimeout(() => this.#abortAll(undefined), deadline);
    await closed;
    clearTimeout(timer);
  }

  /** Closes at once: aborts every open connection. */
  abort(reason?: unknown): void {
    void this.#stop();
    this.#waiting.clear();
    this.#abortAll(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abort(new Error("the `await using` block of the listener ended"));
    await this.#stop();
  }

  toString(): string {
    const where =
      typeof this.#address === "string"
        ? `unix ${this.#address}`
        : formatAddress(this.#address.address, this.#address.port);
    return `${this.#options.transport} ${where}`;
  }

  #onSocket(socket: Socket): void {
    const { maxConnections = Number.POSITIVE_INFINITY } = this.#options;
    const path = typeof this.#address === "string" ? this.#address : undefined;
    if (this.#open.size >= maxConnections) {
      const message = `${this}: refused ${describePeer("tcp", socket, path)}: ${maxConnections} connections are open (maxConnections)`;
      socket.on("error", () => {});
      resetSocket(socket);
      this.#refuse(new AsyncWriteError("ERR_AW_LIMIT", message));
      return;
    }
    this.#open.set(socket, undefined);
    socket.on("close", () => {
      const connection = this.#open.get(socket);
      this.#open.delete(socket);
      if (connection !== undefined) this.#waiting.delete(connection);
      this.#checkEnded();
    });
    const accepted = this.#options.accept(socket, path);
    if (accepted instanceof Promise) {
      accepted.then(
        (connection) => this.#onConnection(socket, connection),
        (error: unknown) => {
          socket.destroy();
          if (this.#accepting) this.#refuse(AsyncWriteError.from(error, `accept on ${this}`));
        },
      );
    } else {
      this.#onConnection(socket, accepted);
    }
  }

  #onConnection(socket: Socket, connection: C): void {
    if (!this.#accepting) {
      connection.abort();
      return;
    }
    if (this.#open.has(socket)) this.#open.set(socket, connection);
    const taker = this.#takers.shift();
    if (taker === undefined) this.#waiting.add(connection);
    else taker({ done: false, value: connection });
  }

  #refuse(error: AsyncWriteError): void {
    this.#refused++;
    this.#options.onRefused?.(error);
  }

  #next(): Promise<IteratorResult<C>> {
    for (const value of this.#waiting) {
      this.#waiting.delete(value);
      return Promise.resolve({ done: false, value });
    }
    if (!this.#accepting) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  /** Stops accepting; resolves when all connections are gone. */
  #stop(): Promise<void> {
    if (this.#accepting) {
      this.#accepting = false;
      for (const taker of this.#takers.splice(0)) taker({ done: true, value: undefined });
    }
    // Its own event comes after every connection is gone, also those that nobody waits for.
    if (this.#server.listening) this.#server.close();
    this.#checkEnded();
    return this.#ended.promise;
  }

  #checkEnded(): void {
    if (!this.#accepting && this.#open.size === 0) this.#ended.resolve();
  }

  #abortAll(reason: unknown): void {
    for (const [socket, connection] of this.#open) {
      if (connection === undefined) socket.destroy();
      else connection.abort(reason);
      // What close committed goes on to the peer by itself, with nobody here to wait for it.
      if (connection?.state === "closed") this.#open.delete(socket);
    }
    this.#checkEnded();
  }
}
