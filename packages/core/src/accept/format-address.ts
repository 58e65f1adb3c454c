/** An address with its port, as it stands in a URL: "127.0.0.1:9443", "[::1]:9443". */
export function formatAddress(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
