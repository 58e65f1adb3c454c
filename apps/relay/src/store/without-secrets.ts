/** A URL for messages: what stands before the `@`, a password or a token, is nobody's business. */
export function withoutSecrets(url: string): string {
  return url.replace(/\/\/.*@/s, "//***@");
}
