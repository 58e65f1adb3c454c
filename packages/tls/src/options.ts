import type { ConnectionOptions, SecureVersion, TlsOptions } from "node:tls";
import {
  ANYTHING,
  BOOLEAN,
  BYTES,
  either,
  FUNCTION,
  invalidArgument,
  MILLISECONDS,
  oneOf,
  SIGNAL,
  STRING,
  type Rule,
  type Schema,
} from "@aw/core/implementor";

/** The options of both ends of a handshake; names and meanings are Node's own. */
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
  /**
   * Whether a stream that ends without close_notify fails with `ERR_AW_TRUNCATED`. False takes every end of
   * the connection below for the end, also one that an attacker made: only for peers known to send no
   * close_notify, whose format says itself where it ends. Default: true.
   */
  requireCloseNotify?: boolean | undefined;
  /** Called with each line of the key log (NSS format), for Wireshark. Whoever has it reads everything. */
  keylog?: ((line: Buffer) => void) | undefined;
}

/** For the end that opens the connection. Verification is on unless `rejectUnauthorized` is false. */
export interface ClientOptions
  extends Pick<ConnectionOptions, Common | "checkServerIdentity" | "session">, Handshake {
  /** The host whose certificate is expected, a name or an address; names are sent as SNI. */
  servername?: string | undefined;
  /** Called with each session ticket; give the latest one as `session` to resume. */
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

const VERSION: Rule = oneOf("TLSv1.2", "TLSv1.3");

/** What is ANYTHING here is checked by OpenSSL, at once as well. */
const HANDSHAKE_OPTIONS = {
  ALPNProtocols: ANYTHING,
  ca: ANYTHING,
  cert: ANYTHING,
  ciphers: STRING,
  crl: ANYTHING,
  ecdhCurve: STRING,
  handshakeTimeout: MILLISECONDS,
  honorCipherOrder: BOOLEAN,
  key: ANYTHING,
  keylog: FUNCTION,
  maxVersion: VERSION,
  minVersion: VERSION,
  passphrase: STRING,
  pfx: ANYTHING,
  rejectUnauthorized: BOOLEAN,
  requireCloseNotify: BOOLEAN,
  sigalgs: STRING,
  signal: SIGNAL,
} satisfies Record<string, Rule>;

export const CLIENT_OPTIONS: Schema<ClientOptions> = {
  ...HANDSHAKE_OPTIONS,
  checkServerIdentity: FUNCTION,
  onSession: FUNCTION,
  secureContext: ANYTHING,
  servername: STRING,
  // To Node, another one is a fault of its TLS object, which nobody listens to yet.
  session: either(BYTES, STRING),
};

const HOST_OPTIONS: Schema<HostCredentials> = {
  ca: ANYTHING,
  cert: ANYTHING,
  key: ANYTHING,
  passphrase: STRING,
  pfx: ANYTHING,
};

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The names are the user's own. */
const HOSTS: Rule = {
  allowed: "an object with the credentials of each host",
  accepts: (value) => isObject(value) && Object.values(value).every(isObject),
};

export const CREDENTIALS: Schema<Credentials> = { ...HOST_OPTIONS, hosts: HOSTS };

export const SERVER_OPTIONS: Schema<ServerOptions> = {
  ...HANDSHAKE_OPTIONS,
  hosts: HOSTS,
  requestCert: BOOLEAN,
  ticketKeys: ANYTHING,
};

/** @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if no version is left to speak */
export function checkVersions(what: string, { minVersion, maxVersion }: Handshake): void {
  if (minVersion === "TLSv1.3" && maxVersion === "TLSv1.2") {
    throw invalidArgument(`${what}: minVersion TLSv1.3 is above maxVersion TLSv1.2`);
  }
}

/**
 * A server without a certificate would be found out by its first client only.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT`
 */
export function checkCredentials(what: string, options: Credentials): void {
  const { cert, key, pfx, hosts = {} } = options;
  const half = (cert === undefined) !== (key === undefined);
  if (half) throw invalidArgument(`${what}: give \`cert\` and \`key\` together`);
  if (cert !== undefined || pfx !== undefined || Object.keys(hosts).length > 0) return;
  throw invalidArgument(`${what}: a server needs \`cert\` and \`key\`, \`pfx\`, or \`hosts\``);
}
