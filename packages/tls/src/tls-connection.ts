import type { X509Certificate } from "node:crypto";
import type { CipherNameAndProtocol, TLSSocket } from "node:tls";
import { AsyncWriteError, type Done } from "@aw/core";
import { SocketConnection, type SocketOptions } from "@aw/node";
import type { Base } from "./base.ts";
import { tlsError } from "./tls-error.ts";

/**
 * Each write costs turns of the event loop, so gathering smaller ones in a slab is worth the copy. TLS
 * encrypts a piece at once: as much memory is held while the peer does not read.
 */
const LEND = { from: 256 * 1024, atMost: 512 * 1024 };

export type TlsConnectionOptions = Pick<SocketOptions, "idleTimeout" | "linger">;

/**
 * One TLS connection, its handshake done. `close()` sends close_notify and ends the direction below:
 * the peer knows that it has everything, and can still answer. `abort()` sends no close_notify.
 *
 * A peer whose stream ends without close_notify was cut: `readable` fails with `ERR_AW_TRUNCATED`.
 */
export class TlsConnection extends SocketConnection {
  readonly #tls: TLSSocket;
  readonly #base: Base;
  #cut = false;

  /** Call it as soon as the handshake is done, before TLS hands out what came together with its end. */
  constructor(tls: TLSSocket, base: Base, options: TlsConnectionOptions = {}) {
    const { idleTimeout, linger } = options;
    super(tls, base.socket, { name: `tls > ${base.name}`, idleTimeout, linger, lend: LEND });
    this.#tls = tls;
    this.#base = base;
    // TLS ends when close_notify comes, or else together with what is below.
    const push = tls.push.bind(tls);
    tls.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
      if (chunk === null && base.ended) this.#cut = true;
      return push(chunk, encoding);
    };
  }

  /** "TLSv1.2" or "TLSv1.3". */
  get protocol(): string {
    return this.#tls.getProtocol() ?? "";
  }

  get cipher(): CipherNameAndProtocol {
    return this.#tls.getCipher();
  }

  /** The protocol that ALPN settled on, if any. */
  get alpnProtocol(): string | undefined {
    return this.#tls.alpnProtocol || undefined;
  }

  /** The host name that the client asked for, at the server's end. */
  get servername(): string | undefined {
    const { servername } = this.#tls as TLSSocket & { servername?: string | false | null };
    return servername || undefined;
  }

  /** Whether the peer's certificate was verified: always at the client's end, unless turned off. */
  get authorized(): boolean {
    return this.#tls.authorized;
  }

  /** The peer's certificate; undefined if it gave none. */
  get peerCertificate(): X509Certificate | undefined {
    return this.#tls.getPeerX509Certificate();
  }

  /** Whether an earlier session was resumed. */
  get resumed(): boolean {
    return this.#tls.isSessionReused();
  }

  protected override commit(done: Done): void {
    const flushed = this.#base.flush();
    if (flushed === undefined) done();
    else flushed.then(() => done(), done);
  }

  protected override destroy(failure: AsyncWriteError): void {
    this.#base.abort(failure);
    this.#tls.destroy(failure);
  }

  protected override drop(): void {
    this.#tls.destroy();
    this.#base.duplex.destroy();
  }

  protected override endError(): AsyncWriteError | undefined {
    if (!this.#cut) return undefined;
    const message = `${this}: the stream ended without close_notify; what was read may not be all`;
    return new AsyncWriteError("ERR_AW_TRUNCATED", message);
  }

  protected override translate(error: unknown): unknown {
    return tlsError(error, this.toString());
  }
}
