import { formatAddress } from "@aw/core/implementor";

/** Who is at the other end of a socket: "127.0.0.1:43210", or "local" where sockets have no addresses. */
export function peerOf(socket: {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}): string {
  const { remoteAddress, remotePort = 0 } = socket;
  return remoteAddress === undefined ? "local" : formatAddress(remoteAddress, remotePort);
}
