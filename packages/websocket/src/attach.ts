import { STATUS_CODES, type IncomingMessage, type Server } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Duplex } from "node:stream";
import { WebSocketServer, type PerMessageDeflateOptions, type ServerOptions } from "ws";
import { choose } from "./half-close.ts";
import { checkHeartbeat, type HeartbeatOptions } from "./heartbeat.ts";
import { checkOptions, positive, type ConnectionOptions } from "./options.ts";
import { WebSocketConnection } from "./websocket-connection.ts";
import { WebSocketListener } from "./websocket-listener.ts";
import { WsLink } from "./ws-link.ts";

/** An HTTP response in place of the upgrade. */
export interface Rejection {
  /** 400 to 599. */
  status: number;
  headers?: Readonly<Record<string, string>> | undefined;
  /** Text. Default: the name of the status. */
  body?: string | undefined;
}

export interface AttachOptions extends ConnectionOptions {
  /** The path whose upgrades are taken. Default: every path. */
  path?: string | undefined;
  /**
   * Decides before the upgrade. `false` answers 401; a `Rejection` answers as it says; throwing
   * answers 500. Default: everybody is welcome.
   */
  authorize?:
    | ((request: IncomingMessage) => boolean | Rejection | Promise<boolean | Rejection>)
    | undefined;
  /**
   * The `Origin`s that a browser may come from; others get 403. A request without one is no
   * browser's, and welcome. Default: no check.
   */
  origins?: readonly string[] | ((origin: string) => boolean) | undefined;
  /** Subprotocols that the server knows. The client's first known one is taken. Default: none. */
  protocols?: readonly string[] | undefined;
  /** Takes the half-close of clients that offer it. Default: true. */
  halfClose?: boolean | undefined;
  /** The largest message that is taken, in bytes; more closes with 1009. Default: 16 MiB. */
  maxPayload?: number | undefined;
  /** Takes compression of each message (RFC 7692). Default: false. */
  perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
  /** Finds dead peers. Default: off. */
  heartbeat?: HeartbeatOptions | undefined;
  /** More connections than this at one time are refused with 503. Default: no limit. */
  maxConnections?: number | undefined;
}

/**
 * Takes the WebSocket upgrades of an HTTP server, which stays yours: closing the listener does not
 * close it. Upgrades to another path are left to other handlers; if there is none, they get 404.
 */
export function attach(
  server: Server | HttpsServer,
  options: AttachOptions = {},
): WebSocketListener {
  checkOptions(options);
  checkHeartbeat(options.heartbeat);
  const most = positive("maxConnections", options.maxConnections, Number.MAX_SAFE_INTEGER);
  const { protocols = [], halfClose = true, closeTimeout = 10_000 } = options;
  // The types of ws do not know closeTimeout yet.
  const settings: ServerOptions & { closeTimeout: number } = {
    noServer: true,
    clientTracking: false,
    maxPayload: positive("maxPayload", options.maxPayload, 16 * 1024 * 1024),
    perMessageDeflate: options.perMessageDeflate ?? false,
    closeTimeout,
    handleProtocols: (offered) => choose(offered, protocols, halfClose) ?? false,
  };
  const upgrader = new WebSocketServer(settings);
  const onUpgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!isPath(request, options.path)) {
      if (server.listenerCount("upgrade") === 1) reject(socket, { status: 404 });
      return;
    }
    socket.on("error", destroyIt);
    const rejection =
      listener.connections >= most ? { status: 503 } : await judge(request, options);
    if (rejection !== undefined) {
      reject(socket, rejection);
      return;
    }
    socket.off("error", destroyIt);
    // It may have gone while it was judged, or the listener may have closed.
    if (socket.destroyed) return;
    upgrader.handleUpgrade(request, socket, head, (ws) => {
      const name = `websocket from ${request.socket.remoteAddress ?? "(unknown)"}:${request.socket.remotePort ?? 0}`;
      const connection = new WebSocketConnection(new WsLink(ws, name, options), options);
      ws.on("close", listener.add(connection));
    });
  };
  const listenToUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    void onUpgrade(request, socket, head);
  };
  const listener = new WebSocketListener(server, () => {
    server.off("upgrade", listenToUpgrade);
    upgrader.close();
  });
  server.on("upgrade", listenToUpgrade);
  return listener;
}

function destroyIt(this: Duplex): void {
  this.destroy();
}

function isPath({ url = "/" }: IncomingMessage, path: string | undefined): boolean {
  return path === undefined || url.split("?", 1)[0] === path;
}

async function judge(
  request: IncomingMessage,
  { origins, authorize }: AttachOptions,
): Promise<Rejection | undefined> {
  const { origin } = request.headers;
  try {
    if (origins !== undefined && origin !== undefined) {
      const known = typeof origins === "function" ? origins(origin) : origins.includes(origin);
      if (!known) return { status: 403, body: "This origin may not connect here." };
    }
    const verdict = authorize === undefined ? true : await authorize(request);
    if (verdict === true) return undefined;
    return verdict === false ? { status: 401 } : verdict;
  } catch {
    return { status: 500 };
  }
}

function reject(
  socket: Duplex,
  { status, headers, body = STATUS_CODES[status] ?? "" }: Rejection,
): void {
  const lines = Object.entries({
    Connection: "close",
    "Content-Type": "text/plain; charset=utf-8",
    ...headers,
    "Content-Length": String(Buffer.byteLength(body)),
  }).map(([name, value]) => `${oneLine(name)}: ${oneLine(value)}\r\n`);
  socket.once("finish", () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n${body}`);
}

/** No value may begin another header. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, " ");
}
