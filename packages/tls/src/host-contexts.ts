import { createSecureContext, type SecureContext, type TlsOptions } from "node:tls";
import type { HostCredentials } from "./options.ts";

/**
 * A server's certificates by host name, for SNI. A wildcard stands for one label (RFC 9525, section
 * 6.3). Each has all options of the server but its certificate: the authorities of clients above all.
 */
export class HostContexts {
  readonly #contexts = new Map<string, SecureContext>();

  constructor(hosts: Readonly<Record<string, HostCredentials>>, options: TlsOptions) {
    const { cert: _cert, key: _key, pfx: _pfx, passphrase: _passphrase, ...common } = options;
    for (const [name, credentials] of Object.entries(hosts)) {
      this.#contexts.set(name.toLowerCase(), createSecureContext({ ...common, ...credentials }));
    }
  }

  /** The context for what the client asked for; undefined for that of the server. */
  find(servername: string): SecureContext | undefined {
    const name = servername.toLowerCase();
    const [, domain] = /^[^.]+(\..+)$/.exec(name) ?? [];
    return this.#contexts.get(name) ?? this.#contexts.get(`*${domain}`);
  }
}
