import type { Server } from "node:http";
import type { Server as HttpsServer } from "node:https";
import { checkArgument, checkOptions, oneOf, type Rule, type Schema } from "@aw/core/implementor";
import { WebSocketServer } from "ws";
import { choose } from "../../link/half-close.ts";
import type { Message } from "../../link/messages.ts";
import { wsSettings } from "../../link/node/ws-options.ts";
import { AcceptedConnection, AcceptedMessages, upgradeRequest } from "./accepted.ts";
import { ACCEPT_OPTIONS, type AcceptOptions } from "./accept-options.ts";
import { Acceptor, type MakeConnection } from "./acceptor.ts";
import { addTaker, removeTaker } from "./upgrade-router.ts";
import { WebSocketListener, type Acceptable } from "./websocket-listener.ts";

/** What `attach` can be given: which upgrades are accepted, and how the connections behave. */
export type AttachOptions<T = unknown> = AcceptOptions<T>;

/** The options of a byte stream mean nothing to whole messages. */
export interface AttachMessagesOptions<M extends Message = Message, T = unknown> extends Omit<
  AttachOptions<T>,
  "halfClose" | "maxMessageBytes"
> {
  /** Allows only this kind; the other one is refused with 1003. Default: both. */
  type?: (M extends string ? "text" : "binary") | undefined;
}

export const ATTACH_MESSAGES_OPTIONS: Schema<AttachMessagesOptions> = (({
  halfClose: _halfClose,
  maxMessageBytes: _maxMessageBytes,
  ...rules
}) => ({ ...rules, type: oneOf("text", "binary") }))(ACCEPT_OPTIONS);

/** By the methods that are needed, so that servers of HTTPS and of other realms are accepted. */
const HTTP_SERVER: Rule = {
  allowed: "a server of node:http or node:https",
  accepts: (value) =>
    ["on", "off", "address", "listenerCount"].every(
      (name) => typeof (value as Record<string, unknown> | undefined)?.[name] === "function",
    ),
};

/**
 * Takes the WebSocket upgrades of an HTTP server, and returns their listener. The server stays yours:
 * closing the listener does not close it. Upgrades to another path or protocol are left to other handlers;
 * if there is none, a path gets 404, and a request for another protocol is a plain request.
 *
 * @param server of `node:http` or `node:https`; it may listen already, or later
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` for what is not a server, or an option that can't be meant
 */
export function attach<T = unknown>(
  server: Server | HttpsServer,
  options: AttachOptions<T> = {},
): WebSocketListener<AcceptedConnection<T>> {
  checkArgument("attach", "server", server, HTTP_SERVER);
  checkOptions("attach", options, ACCEPT_OPTIONS as Schema<AttachOptions<T>>);
  return attachWith(server, options, bytes(options));
}

/**
 * Takes upgrades as `attach` does. The connections of the listener are `WebSocketMessages`, whole messages
 * instead of byte streams.
 *
 * @param server of `node:http` or `node:https`; it may listen already, or later
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` for what is not a server, or an option that can't be meant
 */
export function attachMessages<M extends Message = Message, T = unknown>(
  server: Server | HttpsServer,
  options: AttachMessagesOptions<M, T> = {},
): WebSocketListener<AcceptedMessages<M, T>> {
  checkArgument("attachMessages", "server", server, HTTP_SERVER);
  checkOptions("attachMessages", options, ATTACH_MESSAGES_OPTIONS as Schema<typeof options>);
  return attachWith(server, { ...options, halfClose: false }, wholeMessages(options));
}

/** Makes byte streams. */
export function bytes<T>(options: AttachOptions<T>): MakeConnection<AcceptedConnection<T>, T> {
  const { maxMessageBytes, closeTimeout } = options;
  return (link, request, accepted) =>
    new AcceptedConnection(
      link,
      { maxMessageBytes, closeTimeout },
      upgradeRequest(request, accepted),
    );
}

/** Makes connections of whole messages. */
export function wholeMessages<M extends Message, T>(
  options: AttachMessagesOptions<M, T>,
): MakeConnection<AcceptedMessages<M, T>, T> {
  const { type, closeTimeout } = options;
  return (link, request, accepted) =>
    new AcceptedMessages<M, T>(link, { type, closeTimeout }, upgradeRequest(request, accepted));
}

/** With options that were checked. */
export function attachWith<C extends Acceptable, T>(
  server: Server | HttpsServer,
  options: AcceptOptions<T>,
  make: MakeConnection<C, T>,
): WebSocketListener<C> {
  const { protocols = [], halfClose = true } = options;
  const upgrader = new WebSocketServer({
    ...wsSettings(options),
    noServer: true,
    clientTracking: false,
    handleProtocols: (offered: Set<string>) => choose(offered, protocols, halfClose) ?? false,
  });
  const listener = new WebSocketListener<C>(server, options.maxWaiting, () => {
    removeTaker(server, acceptor);
    acceptor.stop();
  });
  const acceptor = new Acceptor(listener, upgrader, options, make);
  addTaker(server, acceptor);
  return listener;
}
