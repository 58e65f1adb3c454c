import type { TlsOptions } from "node:tls";
import { checkOptions } from "@aw/core/implementor";
import type { Base } from "./base.ts";
import { handshake, type HandshakeOptions } from "./handshake.ts";
import { HandshakeServer, type HandshakeOutcome } from "./handshake-server.ts";
import { HostContexts } from "./host-contexts.ts";
import { checkCredentials, checkVersions, CREDENTIALS, OLDEST } from "./options.ts";
import type { Credentials, ServerOptions } from "./options.ts";
import { reported } from "./reported.ts";
import { TlsConnection, type TlsConnectionOptions } from "./tls-connection.ts";
import { usable } from "./usable.ts";

/**
 * The server's end of handshakes, with one set of certificates and ticket keys for all of them.
 */
export class Acceptor {
  readonly #server: HandshakeServer;
  #options: ServerOptions;
  #hosts: HostContexts;

  /**
   * @param options with known names and types
   * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if the certificates can't be used
   */
  constructor(options: ServerOptions) {
    checkVersions("tls", options);
    checkCredentials("tls", options);
    this.#options = options;
    const node = forNode(options);
    this.#hosts = usable(() => new HostContexts(options.hosts ?? {}, node));
    const { keylog } = options;
    const forServer: TlsOptions = {
      ...node,
      allowHalfOpen: true,
      SNICallback: (name, done) => done(null, this.#hosts.find(name)),
    };
    this.#server = usable(() => new HandshakeServer(forServer, keylog && reported(keylog)));
  }

  /** Takes new certificates, for the handshakes that begin from now on. */
  reload(credentials: Credentials): void {
    checkOptions("tls reload", credentials, CREDENTIALS);
    const options = { ...this.#options, ...instead(credentials) };
    checkCredentials("tls reload", options);
    const node = forNode(options);
    const hosts = usable(() => new HostContexts(options.hosts ?? {}, node));
    usable(() => this.#server.setSecureContext(node));
    this.#hosts = hosts;
    this.#options = options;
  }

  /** @param makeBase called here, so that what comes from below comes in the handshake's context */
  async accept(
    makeBase: () => Base,
    ofSocket?: TlsConnectionOptions,
    { signal = this.#options.signal }: HandshakeOptions = {},
  ): Promise<TlsConnection> {
    const { handshakeTimeout, requireCloseNotify } = this.#options;
    const outcome: HandshakeOutcome = { resolve() {}, reject() {} };
    const base = this.#server.within(outcome, makeBase);
    return handshake(base, { handshakeTimeout, signal }, (resolve, reject) => {
      outcome.resolve = (tls) =>
        resolve(new TlsConnection(tls, base, { ...ofSocket, requireCloseNotify }));
      outcome.reject = reject;
      this.#server.begin(outcome, base.duplex);
    });
  }
}

/** What Node's own deadline for handshakes is set to, in milliseconds: ours comes first, always. */
const NEVER = 2 ** 31 - 1;

function forNode(options: ServerOptions): TlsOptions {
  return { ...options, minVersion: options.minVersion ?? OLDEST, handshakeTimeout: NEVER };
}

/** A certificate in one form replaces one in the other: Node would take both, and present the old one. */
function instead(credentials: Credentials): Credentials {
  const { cert, key, pfx } = credentials;
  if (pfx !== undefined) return { cert: undefined, key: undefined, ...credentials };
  return cert === undefined && key === undefined ? credentials : { pfx: undefined, ...credentials };
}
