import type { X509Certificate } from "node:crypto";
import type { CipherNameAndProtocol, TLSSocket } from "node:tls";
import { SocketConnection, type SocketOptions } from "@aw/node";
import type { Base } from "./base.ts";
import { TlsDestination } from "./tls-destination.ts";

/**
 * Each write costs turns of the event loop, so gathering smaller ones in a slab is worth the copy. TLS
 * encrypts a piece at once: as much memory is held while the peer does not read.
 */
const LEND = Object.freeze({ from: 256 * 1024, atMost: 512 * 1024 });

export interface TlsConnectionOptions extends Pick<SocketOptions, "idleTimeout" | "linger"> {
  /** Whether an end without close_notify is a truncation. Default: true. */
  requireCloseNotify?: boolean | undefined;
}

/**
 * One TLS connection, its handshake done. `close()` sends close_notify and ends the direction below:
 * the peer knows that it has everything, and can still answer. `abort()` sends no close_notify.
 *
 * A peer whose stream ends without close_notify was cut: `readable` fails with `ERR_AW_TRUNCATED`.
 */
export class TlsConnection extends SocketConnection {
  /** "TLSv1.2" or "TLSv1.3". */
  readonly protocol: string;
  readonly cipher: CipherNameAndProtocol;
  /** The protocol that ALPN settled on, if any. */
  readonly alpnProtocol: string | undefined;
  /** The host name that the client asked for, at the server's end. */
  readonly servername: string | undefined;
  /** Whether the peer's certificate was verified: always at the client's end, unless turned off. */
  readonly authorized: boolean;
  /** The peer's certificate; undefined if it gave none. */
  readonly peerCertificate: X509Certificate | undefined;
  /** Whether an earlier session was resumed. */
  readonly resumed: boolean;

  /** Call it as soon as the handshake is done, before TLS hands out what came together with its end. */
  constructor(tls: TLSSocket, base: Base, options: TlsConnectionOptions = {}) {
    const { idleTimeout, linger, requireCloseNotify = true } = options;
    const destination = new TlsDestination(tls, base, { linger, requireCloseNotify });
    super(destination, base.socket, { idleTimeout, lend: LEND });
    // Asked now: when the connection has ended, Node does not know any more.
    const { alpnProtocol, servername } = tls as TLSSocket & { servername?: string | false | null };
    this.protocol = tls.getProtocol() ?? "";
    this.cipher = tls.getCipher();
    this.alpnProtocol = alpnProtocol || undefined;
    this.servername = servername || undefined;
    this.authorized = tls.authorized;
    this.peerCertificate = tls.getPeerX509Certificate();
    this.resumed = tls.isSessionReused();
  }
}
