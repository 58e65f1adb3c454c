import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { formatAddress } from "@aw/core/implementor";
import type { Link } from "../../link/link.ts";
import { WebSocketMessages, type Message, type MessagesOptions } from "../../link/messages.ts";
import type { ConnectionOptions } from "../../link/options.ts";
import { WebSocketConnection } from "../../link/websocket-connection.ts";

/** The request that a connection came with. */
export interface UpgradeRequest<T = unknown> {
  /** Path and query, as the client sent them. May hold secrets: names and messages leave it out. */
  readonly url: string;
  /** Node's view of the headers: names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The peer of the socket, which is a proxy where one is between; undefined over a Unix socket. */
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  /** What `authorize` accepted it with: the value of `{ accept }`, undefined for `true`. */
  readonly accepted: T;
}

/** A byte stream that a listener accepted. */
export class AcceptedConnection<T = unknown> extends WebSocketConnection {
  readonly request: UpgradeRequest<T>;

  constructor(link: Link, options: ConnectionOptions, request: UpgradeRequest<T>) {
    super(link, options);
    this.request = request;
  }
}

/** Whole messages that a listener accepted. */
export class AcceptedMessages<
  M extends Message = Message,
  T = unknown,
> extends WebSocketMessages<M> {
  readonly request: UpgradeRequest<T>;

  constructor(link: Link, options: MessagesOptions<M>, request: UpgradeRequest<T>) {
    super(link, options);
    this.request = request;
  }
}

export function upgradeRequest<T>(
  { url = "/", headers, socket }: IncomingMessage,
  accepted: T,
): UpgradeRequest<T> {
  const { remoteAddress, remotePort } = socket;
  return { url, headers, remoteAddress, remotePort, accepted };
}

/** What names and messages call the client of a request. */
export function peerOf({ socket }: IncomingMessage): string {
  const { remoteAddress, remotePort } = socket;
  return remoteAddress === undefined
    ? "a client of a Unix socket"
    : formatAddress(remoteAddress, remotePort ?? 0);
}
