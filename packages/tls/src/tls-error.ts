import { AsyncWriteError } from "@aw/core";
import { printable } from "@aw/node";

/** What the failures of a handshake mean to people, by Node's code. */
const REASONS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "the certificate has expired",
  CERT_NOT_YET_VALID: "the certificate is not valid yet; is the clock right?",
  CERT_REVOKED: "the certificate is revoked",
  CERT_SIGNATURE_FAILURE: "the signature of the certificate is wrong",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the certificate is self-signed; pass it as `ca` to trust it",
  SELF_SIGNED_CERT_IN_CHAIN: "the chain ends in an unknown authority; pass it as `ca` to trust it",
  UNABLE_TO_GET_ISSUER_CERT: "the authority of the certificate is unknown; pass it as `ca`",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the authority of the certificate is unknown; pass it as `ca`",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the authority of the certificate is unknown; pass it as `ca`",
  ERR_SSL_HTTP_REQUEST: "the peer speaks HTTP, not TLS",
  ERR_SSL_WRONG_VERSION_NUMBER: "the peer does not speak TLS; is it the right port?",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "the peer does not speak TLS; is it the right port?",
  ERR_SSL_UNSUPPORTED_PROTOCOL: "no TLS version in common",
  ERR_SSL_NO_APPLICATION_PROTOCOL: "no ALPN protocol in common",
  ERR_SSL_NO_SHARED_CIPHER: "no cipher in common",
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: "the client has no certificate; it must give one",
};

/** What the peer says in its alert (RFC 8446, section 6.2). */
const ALERTS: Readonly<Record<string, string>> = {
  ACCESS_DENIED: "the peer denies access to our certificate",
  BAD_CERTIFICATE: "the peer does not accept our certificate",
  CERTIFICATE_EXPIRED: "the peer says that our certificate has expired",
  CERTIFICATE_REQUIRED: "the server demands a client certificate",
  CERTIFICATE_REVOKED: "the peer says that our certificate is revoked",
  CERTIFICATE_UNKNOWN: "the peer does not accept our certificate",
  HANDSHAKE_FAILURE: "the peer found nothing in common, or wants a certificate",
  INSUFFICIENT_SECURITY: "the peer wants stronger ciphers than we offer",
  INTERNAL_ERROR: "the peer has an error of its own",
  NO_APPLICATION_PROTOCOL: "no ALPN protocol in common",
  PROTOCOL_VERSION: "no TLS version in common",
  UNKNOWN_CA: "the peer does not know the authority of our certificate",
  UNRECOGNIZED_NAME: "the server does not know the host name that we asked for (servername)",
  UNSUPPORTED_CERTIFICATE: "the peer does not support the kind of our certificate",
};

/** Since OpenSSL 3.2 alerts are named SSL/TLS, before that SSLV3, TLSV1 and TLSV13. */
const ALERT = /^ERR_SSL_(?:SSLV3|TLSV1|TLSV13|SSL\/TLS)_ALERT_(\w+)$/;

/** Codes of the chain's verification have no prefix of their own. */
const OF_TLS =
  /^(?:CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CRL_|INVALID_|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH)/;

/**
 * What Node or OpenSSL says, as `ERR_AW_TLS` with the reason in words and Node's error as its cause.
 * What is no failure of TLS (a reset, an abort) comes back as it is, for its own code.
 */
export function tlsError(error: unknown, attempt: string): unknown {
  if (AsyncWriteError.is(error) || !(error instanceof Error)) return error;
  const { reason = error.message } = error as Error & { reason?: string };
  const code = codeOf(error);
  if (!OF_TLS.test(code)) return error;
  const words =
    code === "ERR_TLS_CERT_ALTNAME_INVALID"
      ? `the certificate is for another host: ${reason}`
      : (inWords(code) ?? reason);
  // Names in certificates are the peer's own.
  const message = `${attempt}: ${printable(words)}`;
  return new AsyncWriteError("ERR_AW_TLS", message, { cause: error });
}

/** The peer does not present a certificate that we trust; Node tells only the code. */
export function untrustedPeer(code: string, attempt: string): AsyncWriteError {
  const words = REASONS[code] ?? `the peer's certificate is not trusted (${code})`;
  const cause = Object.assign(new Error(words), { code });
  return new AsyncWriteError("ERR_AW_TLS", `${attempt}: ${words}`, { cause });
}

/** A failure of TLS while something is written is an EPROTO; OpenSSL's reason is in its message. */
function codeOf(error: Error): string {
  const { code = "" } = error as NodeJS.ErrnoException;
  if (code !== "EPROTO") return code;
  const [, reason = "protocol error"] = /:SSL routines:[^:]*:([^:]+):/.exec(error.message) ?? [];
  return `ERR_SSL_${reason.toUpperCase().replaceAll(" ", "_")}`;
}

function inWords(code: string): string | undefined {
  const [, alert = ""] = ALERT.exec(code) ?? [];
  return REASONS[code] ?? ALERTS[alert];
}
