import type { IncomingMessage, Server } from "node:http";
import type { Server as HttpsServer } from "node:https";
import type { Duplex } from "node:stream";
import { AsyncWriteError } from "@aw/core";
import { WebSocketServer, type PerMessageDeflateOptions, type ServerOptions } from "ws";
import { choose } from "../../link/half-close.ts";
import { checkHeartbeat, type HeartbeatOptions } from "../../link/node/heartbeat.ts";
import { checkOptions, invalid, positive, type ConnectionOptions } from "../../link/options.ts";
import { reject, type Rejection } from "./rejection.ts";
import { addTaker, mustDecline, removeTaker, takes } from "./upgrade-taker.ts";
import { WebSocketConnection } from "../../link/websocket-connection.ts";
import { WebSocketListener } from "./websocket-listener.ts";
import { WsLink } from "../../link/node/ws-link.ts";

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
  /**
   * Told of each upgrade that was refused: too many are open (`ERR_AW_LIMIT`), or its origin or
   * `authorize` was against it (`ERR_AW_CONNECT`; what `authorize` threw is the cause).
   */
  onRefused?: ((error: AsyncWriteError) => void) | undefined;
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
  const taker = { path: options.path };
  const onUpgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!takes(server, taker, request)) {
      if (mustDecline(server, taker, request)) reject(socket, { status: 404 });
      return;
    }
    socket.on("error", destroyIt);
    // Once more after the judgement, for which many may wait at a time.
    const refused = full(listener, most) ?? (await judge(request, options)) ?? full(listener, most);
    if (refused !== undefined) {
      reject(socket, refused.answer);
      options.onRefused?.(refused.error);
      return;
    }
    socket.off("error", destroyIt);
    // It may have gone while it was judged. If the listener closed meanwhile, ws answers 503.
    if (socket.destroyed) return;
    upgrader.handleUpgrade(request, socket, head, (ws) => {
      const name = `websocket from ${peerOf(request)}`;
      const connection = new WebSocketConnection(new WsLink(ws, name, options), options);
      ws.on("close", listener.add(connection));
    });
  };
  const listenToUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    void onUpgrade(request, socket, head);
  };
  const listener = new WebSocketListener(server, () => {
    server.off("upgrade", listenToUpgrade);
    removeTaker(server, taker);
    upgrader.close();
  });
  addTaker(server, taker);
  server.on("upgrade", listenToUpgrade);
  return listener;
}

interface Refusal {
  answer: Rejection;
  error: AsyncWriteError;
}

function destroyIt(this: Duplex): void {
  this.destroy();
}

function full(listener: WebSocketListener, most: number): Refusal | undefined {
  if (listener.connections < most) return undefined;
  const message = `websocket: refused a connection, ${most} are open; raise maxConnections, or close some`;
  return { answer: { status: 503 }, error: new AsyncWriteError("ERR_AW_LIMIT", message) };
}

async function judge(
  request: IncomingMessage,
  { origins, authorize }: AttachOptions,
): Promise<Refusal | undefined> {
  const { origin } = request.headers;
  try {
    if (origins !== undefined && origin !== undefined) {
      const known = typeof origins === "function" ? origins(origin) : origins.includes(origin);
      if (!known) {
        const answer = { status: 403, body: "This origin may not connect here." };
        return refusal(request, answer, `its origin ${origin} is not allowed`);
      }
    }
    const verdict = authorize === undefined ? true : await authorize(request);
    if (verdict === true) return undefined;
    const answer = verdict === false ? { status: 401 } : checked(verdict);
    return refusal(request, answer, `authorize answered ${answer.status}`);
  } catch (error) {
    return refusal(request, { status: 500 }, "authorize failed", error);
  }
}

/** A status of success would promise an upgrade that does not come. */
function checked(rejection: Rejection): Rejection {
  const { status } = rejection;
  if (Number.isInteger(status) && status >= 400 && status <= 599) return rejection;
  throw invalid(`authorize: the status of a rejection must be 400 to 599, got ${status}`);
}

function refusal(
  request: IncomingMessage,
  answer: Rejection,
  why: string,
  cause?: unknown,
): Refusal {
  const message = `websocket: refused ${peerOf(request)}: ${why}`;
  return { answer, error: new AsyncWriteError("ERR_AW_CONNECT", message, { cause }) };
}

function peerOf({ socket }: IncomingMessage): string {
  return `${socket.remoteAddress ?? "(unknown)"}:${socket.remotePort ?? 0}`;
}
