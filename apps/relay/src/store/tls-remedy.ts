/** What Node and OpenSSL say of a certificate that no trusted authority has signed. */
const UNTRUSTED = new Set<unknown>([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** What an operator can do about the certificate of a store; undefined for an error of another kind. */
export function tlsRemedy(error: unknown): string | undefined {
  const { code } = error as { code?: unknown };
  if (UNTRUSTED.has(code)) return "set upstream.ca to the certificate of its authority";
  if (code === "CERT_HAS_EXPIRED") return "renew its certificate";
  if (code !== "ERR_TLS_CERT_ALTNAME_INVALID") return undefined;
  return "call it in the key store as its certificate does";
}
