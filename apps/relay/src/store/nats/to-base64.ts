/** Base64 with the alphabet for URLs (RFC 4648, section 5), and padded: names and digests in object stores of NATS. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}
