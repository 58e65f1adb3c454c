import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { AsyncWriteError } from "@aw/core";
import { channels } from "./diagnostics.ts";
import { DuplexConnection, type DuplexConnectionOptions } from "./duplex-connection.ts";

export interface SocketConnectionOptions extends Pick<DuplexConnectionOptions, "lend" | "linger"> {
  /** What `toString` and error messages call it. */
  name: string;
  /** Milliseconds without a byte either way after which it fails. */
  idleTimeout?: number | undefined;
}

/** The kernel copies what it has room for, so a larger piece holds no more memory here. */
const LEND = { from: 256 * 1024, atMost: 1024 * 1024 };

/**
 * A connection that ends in a socket: its addresses and its idle timeout.
 *
 * For implementors: extend it for a transport over sockets. `duplex` is what is written to and read
 * from, `socket` what is below: the same for plain TCP, undefined if there is none.
 */
export class SocketConnection extends DuplexConnection {
  protected readonly socket: Socket | undefined;
  readonly #name: string;
  readonly #opened: number = performance.now();
  #error: AsyncWriteError | undefined;

  constructor(duplex: Duplex, socket: Socket | undefined, options: SocketConnectionOptions) {
    const { name, idleTimeout, lend = LEND, linger } = options;
    super(duplex, { lend, linger });
    this.socket = socket;
    this.#name = name;
    if (channels.open.hasSubscribers) channels.open.publish({ connection: this, name });
    (socket ?? duplex).on("close", () => this.#publishClose(socket ?? (duplex as Socket)));
    if (idleTimeout === undefined || socket === undefined) return;
    socket.setTimeout(idleTimeout, () => {
      const message = `${this}: no byte came or went for ${idleTimeout} ms (idleTimeout)`;
      const failure = this.fail(new AsyncWriteError("ERR_AW_TIMEOUT", message));
      // The writer may be closed already, and past failing: then only the reader hears of it.
      duplex.destroy(failure);
      socket.destroy();
    });
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

  override toString(): string {
    return this.#name;
  }

  protected override cleanUp(failure: AsyncWriteError): void {
    this.#error = failure;
    super.cleanUp(failure);
    if (!channels.error.hasSubscribers) return;
    channels.error.publish({ connection: this, name: this.#name, error: failure });
  }

  #publishClose({ bytesRead, bytesWritten }: Socket): void {
    if (!channels.close.hasSubscribers) return;
    channels.close.publish({
      connection: this,
      name: this.#name,
      duration: performance.now() - this.#opened,
      bytesRead,
      bytesWritten,
      error: this.#error,
    });
  }
}
