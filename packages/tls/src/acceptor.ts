import { AsyncLocalStorage } from "node:async_hooks";
import { createServer, type Server, type TLSSocket, type TlsOptions } from "node:tls";
import { invalidArgument } from "@aw/node";
import type { Base } from "./base.ts";
import { handshake } from "./handshake.ts";
import { checkHandshake, OLDEST, type HostCredentials, type ServerOptions } from "./options.ts";
import { TlsConnection } from "./tls-connection.ts";
import { untrustedPeer } from "./tls-error.ts";

interface Handshake {
  resolve(tls: TLSSocket): void;
  reject(error: unknown): void;
}

/**
 * The server's end of handshakes, with one set of certificates and ticket keys for all of them. It is
 * Node's TLS server without its socket: it never listens.
 */
export class Acceptor {
  readonly #server: Server;
  readonly #options: ServerOptions;
  /** Node's server does not say which connection an event is about; its async context does. */
  readonly #current = new AsyncLocalStorage<Handshake>();

  /** @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if the certificates can't be used */
  constructor(options: ServerOptions) {
    checkHandshake(options);
    this.#options = options;
    this.#server = usable(() => createServer({ ...forNode(options), allowHalfOpen: true }));
    for (const [name, credentials] of Object.entries(options.hosts ?? {})) {
      usable(() => this.#server.addContext(name, credentials));
    }
    this.#server.on("secureConnection", (tls) => this.#current.getStore()?.resolve(tls));
    this.#server.on("tlsClientError", (error, tls) => {
      const { authorizationError } = tls as { authorizationError?: unknown };
      const untrusted = typeof authorizationError === "string" ? authorizationError : undefined;
      const attempt = "tls handshake with a client";
      this.#current
        .getStore()
        ?.reject(untrusted === undefined ? error : untrustedPeer(untrusted, attempt));
    });
    if (options.keylog !== undefined) this.#server.on("keylog", options.keylog);
  }

  /** Takes new certificates, for the handshakes that begin from now on. */
  reload(credentials: HostCredentials): void {
    usable(() => this.#server.setSecureContext({ ...forNode(this.#options), ...credentials }));
  }

  /** @param makeBase called here, so that what comes from below comes in the handshake's context */
  async accept(makeBase: () => Base, idleTimeout?: number): Promise<TlsConnection> {
    const current: Handshake = { resolve() {}, reject() {} };
    const base = this.#current.run(current, makeBase);
    const tls = await handshake<TLSSocket>(base, this.#options, (resolve, reject) => {
      Object.assign(current, { resolve, reject });
      this.#current.run(current, () => this.#server.emit("connection", base.duplex));
    });
    return new TlsConnection(tls, base, idleTimeout);
  }
}

/** What Node's own deadline for handshakes is set to, in milliseconds: ours comes first, always. */
const NEVER = 2 ** 31 - 1;

function forNode(options: ServerOptions): TlsOptions {
  return { ...options, minVersion: options.minVersion ?? OLDEST, handshakeTimeout: NEVER };
}

function usable<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw invalidArgument(`tls: ${(error as Error).message}`, error);
  }
}
