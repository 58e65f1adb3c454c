import type { Socket } from "node:net";
import type { AsyncWriteError } from "@aw/core";
import { DuplexConnection } from "@aw/node";
import { formatAddress } from "./address.ts";

/**
 * One TCP or Unix-domain connection. `close()` sends FIN after the last byte: the peer sees the
 * end and can still answer. `abort()` resets, so that the peer can't take what it has for all.
 */
export class TcpConnection extends DuplexConnection {
  readonly #socket: Socket;
  readonly #name: string;

  constructor(socket: Socket, path?: string) {
    super(socket);
    this.#socket = socket;
    this.#name =
      path === undefined
        ? `tcp ${formatAddress(socket.remoteAddress, socket.remotePort)}`
        : `unix ${path}`;
  }

  /** This end's address; undefined on a Unix-domain socket. */
  get localAddress(): string | undefined {
    return this.#socket.localAddress;
  }

  get localPort(): number | undefined {
    return this.#socket.localPort;
  }

  /** The peer's address; undefined on a Unix-domain socket. */
  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.#socket.remotePort;
  }

  override toString(): string {
    return this.#name;
  }

  protected override destroy(failure: AsyncWriteError): void {
    // A FIN would tell the peer that it has everything. Only TCP has another way to end.
    if (failure.code === "ERR_AW_ABORTED" && this.#socket.remoteAddress !== undefined) {
      this.#socket.resetAndDestroy();
    } else {
      this.#socket.destroy();
    }
  }
}
