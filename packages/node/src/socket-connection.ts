import type { Socket } from "node:net";
import { AsyncWriteError, type CompletionEngineOptions } from "@aw/core";
import { publishClose, publishError, publishOpen } from "./connection-life.ts";
import { DuplexConnection } from "./duplex-connection.ts";
import type { DestinationObserver, DuplexDestination } from "./duplex-destination.ts";

/** What a connection over a socket can be given, beside what every engine can. */
export interface SocketConnectionOptions extends CompletionEngineOptions {
  /** Milliseconds without a byte either way after which it fails. Default: no limit. */
  idleTimeout?: number | undefined;
}

/** The kernel copies what it has room for, so a larger piece holds no more memory here. */
const LEND = Object.freeze({ from: 256 * 1024, atMost: 1024 * 1024 });

const ENGINE: CompletionEngineOptions = Object.freeze({ lend: LEND });

/**
 * A connection that ends in a socket: its addresses, its idle timeout, and what it reports to the
 * diagnostics channels.
 *
 * For implementors: extend it for a transport over sockets. `destination` is what is written to and read
 * from, `socket` what is below: the same for plain TCP, undefined if there is none.
 */
export class SocketConnection extends DuplexConnection {
  /** One for all connections: each would hold one of its own for as long as it is open. */
  static readonly #OBSERVER: DestinationObserver<SocketConnection> = {
    onDestroyed: (failure, connection) =>
      publishError(connection, connection.destination.name, failure),
    onClosed: (connection) => {
      if (connection.#socketBelow === undefined) connection.#publishClose();
    },
  };

  protected readonly socket: Socket | undefined;
  readonly #opened: number = performance.now();

  constructor(
    destination: DuplexDestination,
    socket: Socket | undefined,
    { capacity, lend = LEND, idleTimeout }: SocketConnectionOptions = {},
  ) {
    super(destination, capacity === undefined && lend === LEND ? ENGINE : { capacity, lend });
    this.socket = socket;
    publishOpen(this, destination.name);
    destination.observe(SocketConnection.#OBSERVER, this);
    this.#socketBelow?.on("close", () => this.#publishClose());
    if (idleTimeout === undefined || socket === undefined) return;
    socket.setTimeout(idleTimeout, () => this.#failIdle(socket, idleTimeout));
  }

  /** This end's address; undefined on a Unix-domain socket. */
  get localAddress(): string | undefined {
    return this.socket?.localAddress;
  }

  get localPort(): number | undefined {
    return this.socket?.localPort;
  }

  /** The peer's address; undefined on a Unix-domain socket. */
  get remoteAddress(): string | undefined {
    return this.socket?.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.socket?.remotePort;
  }

  /** The socket below the duplex, where they are not the same. Its end is that of the connection then. */
  get #socketBelow(): Socket | undefined {
    return this.socket === this.destination.duplex ? undefined : this.socket;
  }

  #publishClose(): void {
    const { duplex, failure: error, name } = this.destination;
    publishClose(this, name, { opened: this.#opened, counter: this.socket ?? duplex, error });
  }

  #failIdle(socket: Socket, ms: number): void {
    const message = `${this}: no byte came or went for ${ms} ms (idleTimeout)`;
    this.destination.fail(new AsyncWriteError("ERR_AW_TIMEOUT", message));
    socket.destroy();
  }
}
