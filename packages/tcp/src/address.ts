/** "127.0.0.1:9443", "[::1]:9443". */
export function formatAddress(host: string | undefined, port: number | undefined): string {
  if (host === undefined || port === undefined) return "(not connected)";
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
