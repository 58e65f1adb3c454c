import { AsyncLocalStorage } from "node:async_hooks";
import type { Duplex } from "node:stream";
import { createServer, type Server, type TLSSocket, type TlsOptions } from "node:tls";
import { untrustedPeer } from "./tls-error.ts";

/** How one handshake ends. */
export interface HandshakeOutcome {
  resolve(tls: TLSSocket): void;
  reject(error: unknown): void;
}

/**
 * Node's TLS server without its socket: it never listens, and handshakes come one by one.
 *
 * Node does not say which connection an event of its server is about. This relies on async context: an event
 * comes in the context in which its handshake began, whoever brought the bytes from below, because Node calls
 * back in the context in which it made its TLS object. If a version of Node changes that, handshakes end as
 * each other or run into `handshakeTimeout`, and the test `tricks` (handshake-context) fails: then make a
 * server of its own for each handshake, with the ticket keys of the first one.
 */
export class HandshakeServer {
  readonly #server: Server;
  readonly #current = new AsyncLocalStorage<HandshakeOutcome>();

  constructor(options: TlsOptions, onKeylog: ((line: Buffer) => void) | undefined) {
    this.#server = createServer(options);
    this.#server.on("secureConnection", (tls) => this.#current.getStore()?.resolve(tls));
    this.#server.on("tlsClientError", (error, tls) => {
      const { authorizationError } = tls as { authorizationError?: unknown };
      const untrusted = typeof authorizationError === "string" ? authorizationError : undefined;
      this.#current
        .getStore()
        ?.reject(
          untrusted === undefined ? error : untrustedPeer(untrusted, "tls handshake with a client"),
        );
    });
    if (onKeylog !== undefined) this.#server.on("keylog", onKeylog);
  }

  /** Takes new certificates, for the handshakes that begin from now on. */
  setSecureContext(options: TlsOptions): void {
    this.#server.setSecureContext(options);
  }

  /** Calls `make` so that what it subscribes to belongs to this handshake. */
  within<T>(outcome: HandshakeOutcome, make: () => T): T {
    return this.#current.run(outcome, make);
  }

  begin(outcome: HandshakeOutcome, duplex: Duplex): void {
    this.#current.run(outcome, () => this.#server.emit("connection", duplex));
  }
}
