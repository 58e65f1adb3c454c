import type { ConnectionOptions, SecureVersion, TlsOptions } from "node:tls";
import { checkMilliseconds, checkType, invalidArgument } from "@aw/node";

/** What both ends of a handshake can be told; the names and meanings are Node's own. */
type Common =
  | "ALPNProtocols"
  | "ca"
  | "cert"
  | "ciphers"
  | "crl"
  | "ecdhCurve"
  | "honorCipherOrder"
  | "key"
  | "passphrase"
  | "pfx"
  | "rejectUnauthorized"
  | "secureContext"
  | "sigalgs";

interface Handshake {
  /** The oldest version to speak. Default: "TLSv1.2"; older ones are refused. */
  minVersion?: SecureVersion | undefined;
  /** The newest version to speak. Default: "TLSv1.3". */
  maxVersion?: SecureVersion | undefined;
  /** Gives up a handshake after this many milliseconds. Default: 30,000. */
  handshakeTimeout?: number | undefined;
  /** Told each line of the key log (NSS format), for Wireshark. Whoever has it reads everything. */
  keylog?: ((line: Buffer) => void) | undefined;
}

/** For the end that opens the connection. Verification is on unless `rejectUnauthorized` is false. */
export interface ClientOptions
  extends Pick<ConnectionOptions, Common | "checkServerIdentity" | "session">, Handshake {
  /** The host whose certificate is expected, a name or an address; names are sent as SNI. */
  servername?: string | undefined;
  /** Told each session ticket; give the latest one as `session` to resume. */
  onSession?: ((session: Buffer) => void) | undefined;
  /** Gives up the handshake when it fires. Has no meaning after that. */
  signal?: AbortSignal | undefined;
}

/** A certificate with its key, for one host name. */
export type HostCredentials = Pick<TlsOptions, "ca" | "cert" | "key" | "passphrase" | "pfx">;

/** What a server can be given anew: its own certificate, those by host name (all of them), or both. */
export interface Credentials extends HostCredentials {
  hosts?: Readonly<Record<string, HostCredentials>> | undefined;
}

/** For the end that is connected to. */
export interface ServerOptions
  extends
    Pick<TlsOptions, Exclude<Common, "secureContext"> | "requestCert" | "ticketKeys">,
    Handshake {
  /** Certificates by host name ("a.example", "*.b.example"), chosen by SNI before `cert`. */
  hosts?: Readonly<Record<string, HostCredentials>> | undefined;
  /** Gives up the handshake when it fires. Has no meaning after that. */
  signal?: AbortSignal | undefined;
}

/** What is spoken at least (RFC 8996 retires what came before). */
export const OLDEST: SecureVersion = "TLSv1.2";

/** Milliseconds. */
export const HANDSHAKE_TIMEOUT = 30_000;

/** @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` */
export function checkHandshake(options: Handshake): void {
  checkMilliseconds("handshakeTimeout", options.handshakeTimeout);
  checkType("keylog", options.keylog, "function");
  for (const name of ["minVersion", "maxVersion"] as const) {
    const version = options[name];
    if (version === undefined || version === "TLSv1.2" || version === "TLSv1.3") continue;
    throw invalidArgument(`${name} must be "TLSv1.2" or "TLSv1.3", got ${version}`);
  }
  if (options.minVersion === "TLSv1.3" && options.maxVersion === "TLSv1.2") {
    throw invalidArgument("minVersion TLSv1.3 is above maxVersion TLSv1.2");
  }
}
