/** A URL for messages: without what stands before the `@`, which is a password or a token. */
export function withoutSecrets(url: string): string {
  return url.replace(/\/\/.*@/s, "//***@");
}
