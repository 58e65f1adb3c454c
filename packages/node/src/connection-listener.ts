import type { AddressInfo, Server, Socket } from "node:net";
import { AsyncWriteError, type Connection } from "@aw/core";
import {
  AcceptQueue,
  checkOptions,
  Deadline,
  formatAddress,
  integer,
  invalidArgument,
  LinkedList,
  MAX_TIMER_MS,
  reportThrown,
  type Schema,
} from "@aw/core/implementor";
import { AcceptedSocket } from "./accepted-socket.ts";
import type { ListenOptions } from "./listen-socket.ts";
import { resetSocket } from "./reset-socket.ts";
import { describePeer } from "./socket-address.ts";

/** What `close` of a listener can be given. */
export interface ListenerCloseOptions {
  /** Aborts the connections that are still open after this many milliseconds. Default: waits. */
  deadline?: number | undefined;
}

const CLOSE_OPTIONS: Schema<ListenerCloseOptions> = { deadline: integer(0, MAX_TIMER_MS) };

/** How a listener makes connections of the sockets that it accepts, and how many. */
export interface ConnectionListenerOptions<C extends Connection> extends Pick<
  ListenOptions,
  "maxConnections" | "maxWaiting" | "onRefused" | "signal"
> {
  /** What `toString` and error messages call it: "tcp", "tls". */
  transport: string;
  /** How many sockets may be in `accept` at one time. Default: no limit. */
  maxHandshakes?: number | undefined;
  /** Makes a connection of an accepted socket. If it fails, the socket is destroyed. */
  accept(socket: Socket, path: string | undefined): C | Promise<C>;
}

/** Under this name a socket knows its place among the open ones, so that all have the same listener. */
const ACCEPTED: unique symbol = Symbol("@aw/node accepted");

/**
 * A server's end: iterate over it for its connections. Each connection is yours from then on.
 * Leaving the loop does not close the listener.
 */
export class ConnectionListener<C extends Connection> implements AsyncIterable<C>, AsyncDisposable {
  readonly #server: Server;
  readonly #address: AddressInfo | string;
  readonly #options: ConnectionListenerOptions<C>;
  readonly #queue: AcceptQueue<C>;
  readonly #open = new LinkedList<AcceptedSocket<C>>();
  /** Nothing is accepted any more, and every connection is gone. */
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers();
  /** One for all sockets, which Node gives as `this`: each would hold a closure of its own. */
  readonly #onSocketClose: (this: Socket) => void;
  #handshakes = 0;
  #refused = 0;
  #accepting = true;

  constructor(server: Server, options: ConnectionListenerOptions<C>) {
    this.#server = server;
    this.#options = options;
    this.#address = server.address() as AddressInfo | string;
    this.#queue = new AcceptQueue({ name: () => this.toString(), maxWaiting: options.maxWaiting });
    const onClosed = (accepted: AcceptedSocket<C>): void => this.#onClosed(accepted);
    this.#onSocketClose = function onClose() {
      onClosed((this as Marked<C>)[ACCEPTED]);
    };
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

  /**
   * The port that it listens on.
   *
   * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` on a Unix-domain socket, which has none
   */
  get port(): number {
    if (typeof this.#address !== "string") return this.#address.port;
    throw invalidArgument(`${this}: a Unix-domain socket has no port; its path is \`address\``);
  }

  /** How many connections are open now, those in their handshake included. */
  get connections(): number {
    return this.#open.size;
  }

  /** How many accepted connections wait to be taken by the loop. */
  get waiting(): number {
    return this.#queue.waiting;
  }

  /** How many connections were refused; `onRefused` was called for each. */
  get refused(): number {
    return this.#refused;
  }

  [Symbol.asyncIterator](): AsyncIterator<C> {
    return this.#queue[Symbol.asyncIterator]();
  }

  /**
   * Accepts no more connections and ends the loop, then waits for the open ones to end. Those that
   * the loop has not taken are aborted, those in their handshake dropped.
   *
   * Rejects with `ERR_AW_INVALID_ARGUMENT` for an impossible deadline, and goes on.
   */
  async close(options: ListenerCloseOptions = {}): Promise<void> {
    checkOptions(`close ${this}`, options, CLOSE_OPTIONS);
    const closed = this.#stop(undefined);
    for (const { socket, connection } of this.#open.toArray()) {
      if (connection === undefined) socket.destroy();
    }
    const { deadline: ms } = options;
    const deadline = new Deadline({ attempt: `close ${this}`, ms }, () =>
      this.#abortAll(undefined),
    );
    await closed;
    deadline.clear();
  }

  /** Closes at once: aborts every open connection. What was closed before goes on to its peer. */
  abort(reason?: unknown): void {
    void this.#stop(reason);
    this.#abortAll(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const reason = new Error("the `await using` block of the listener ended");
    this.abort(reason);
    await this.#stop(reason);
  }

  toString(): string {
    const where =
      typeof this.#address === "string"
        ? `unix ${this.#address}`
        : formatAddress(this.#address.address, this.#address.port);
    return `${this.#options.transport} ${where}`;
  }

  #onSocket(socket: Socket): void {
    const path = typeof this.#address === "string" ? this.#address : undefined;
    const full = this.#full(socket, path);
    if (full !== undefined) {
      socket.on("error", () => {});
      resetSocket(socket);
      this.#refuse(full);
      return;
    }
    const accepted = new AcceptedSocket<C>(socket);
    this.#open.add(accepted);
    (socket as Marked<C>)[ACCEPTED] = accepted;
    socket.on("close", this.#onSocketClose);
    this.#handshakes++;
    try {
      const connection = this.#options.accept(socket, path);
      if (connection instanceof Promise) {
        connection.then(
          (ready) => this.#onAccepted(accepted, ready),
          (error: unknown) => this.#onNotAccepted(socket, error),
        );
      } else {
        this.#onAccepted(accepted, connection);
      }
    } catch (error) {
      this.#onNotAccepted(socket, error);
    }
  }

  #onAccepted(accepted: AcceptedSocket<C>, connection: C): void {
    this.#handshakes--;
    accepted.connection = connection;
    const refused = this.#queue.offer(connection);
    if (refused !== undefined && this.#accepting) this.#refuse(refused);
  }

  #onNotAccepted(socket: Socket, error: unknown): void {
    this.#handshakes--;
    socket.destroy();
    if (this.#accepting) this.#refuse(AsyncWriteError.from(error, `accept on ${this}`));
  }

  #onClosed(accepted: AcceptedSocket<C>): void {
    const { connection } = accepted;
    this.#open.delete(accepted);
    if (connection !== undefined) this.#queue.remove(connection);
    this.#checkEnded();
  }

  /** Why one more connection is not taken, if it is not: before any work is spent on it. */
  #full(socket: Socket, path: string | undefined): AsyncWriteError | undefined {
    const { maxConnections = Infinity, maxHandshakes = Infinity } = this.#options;
    if (this.#open.size >= maxConnections) {
      return this.#tooMany(socket, path, `${maxConnections} connections are open (maxConnections)`);
    }
    if (this.#handshakes >= maxHandshakes) {
      return this.#tooMany(
        socket,
        path,
        `${maxHandshakes} handshakes are under way (maxHandshakes)`,
      );
    }
    return this.#queue.full;
  }

  #tooMany(socket: Socket, path: string | undefined, why: string): AsyncWriteError {
    const peer = describePeer("tcp", socket, path);
    return new AsyncWriteError("ERR_AW_LIMIT", `${this}: refused ${peer}: ${why}`);
  }

  #refuse(error: AsyncWriteError): void {
    this.#refused++;
    try {
      this.#options.onRefused?.(error);
    } catch (thrown) {
      reportThrown(thrown);
    }
  }

  /** Stops accepting, and ends the loop; resolves when all connections are gone. */
  #stop(reason: unknown): Promise<void> {
    this.#accepting = false;
    this.#queue.close(reason);
    // Its own event comes after every connection is gone, also those that are not waited for.
    if (this.#server.listening) this.#server.close();
    this.#checkEnded();
    return this.#ended.promise;
  }

  #checkEnded(): void {
    if (!this.#accepting && this.#open.size === 0) this.#ended.resolve();
  }

  #abortAll(reason: unknown): void {
    for (const accepted of this.#open.toArray()) {
      const { socket, connection } = accepted;
      if (connection === undefined) socket.destroy();
      else connection.abort(reason);
      // What close committed is still sent to the peer in the background.
      if (connection?.state === "closed") this.#open.delete(accepted);
    }
    this.#checkEnded();
  }
}

type Marked<C extends Connection> = Socket & { [ACCEPTED]: AcceptedSocket<C> };
