import type { Socket } from "node:net";
import { formatAddress } from "@aw/core/implementor";

/** The peer of a socket: "tcp 127.0.0.1:9443", or the path of a Unix-domain socket. */
export function describePeer(transport: string, socket: Socket, path?: string): string {
  const { remoteAddress, remotePort } = socket;
  if (path !== undefined) return `unix ${path}`;
  if (remoteAddress === undefined || remotePort === undefined)
    return `${transport} (not connected)`;
  // A template would keep the parts, and each open connection has one.
  return [transport, formatAddress(remoteAddress, remotePort)].join(" ");
}
