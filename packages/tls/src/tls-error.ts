import { AsyncWriteError } from "@aw/core";

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
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: "no TLS version in common",
  ERR_SSL_NO_APPLICATION_PROTOCOL: "no ALPN protocol in common",
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: "no ALPN protocol in common",
  ERR_SSL_NO_SHARED_CIPHER: "no cipher in common",
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: "the peer found nothing in common, or wants a certificate",
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: "the client has no certificate; it must give one",
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: "the server demands a client certificate",
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: "the peer does not accept our certificate",
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: "the peer says that our certificate has expired",
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: "the peer does not accept our certificate",
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: "the peer does not know the authority of our certificate",
};

/** Codes of the chain's verification have no prefix of their own. */
const VERIFICATION =
  /^(?:CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CRL_|INVALID_|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH)/;

/**
 * What Node or OpenSSL says, as `ERR_AW_TLS` with the reason in words and Node's error as its cause.
 * What is no failure of TLS (a reset, an abort) comes back as it is, for its own code.
 */
export function tlsError(error: unknown, attempt: string): unknown {
  if (AsyncWriteError.is(error) || !(error instanceof Error)) return error;
  const { code = "", reason = error.message } = error as Error & { code?: string; reason?: string };
  if (!VERIFICATION.test(code)) return error;
  const words =
    code === "ERR_TLS_CERT_ALTNAME_INVALID"
      ? `the certificate is for another host: ${reason}`
      : (REASONS[code] ?? reason);
  return new AsyncWriteError("ERR_AW_TLS", `${attempt}: ${words}`, { cause: error });
}

/** The peer does not present a certificate that we trust; Node tells only the code. */
export function untrustedPeer(code: string, attempt: string): AsyncWriteError {
  const words = REASONS[code] ?? `the peer's certificate is not trusted (${code})`;
  const cause = Object.assign(new Error(words), { code });
  return new AsyncWriteError("ERR_AW_TLS", `${attempt}: ${words}`, { cause });
}
