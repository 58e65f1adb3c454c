import type { Agent, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { ConnectionOptions as TlsOptions } from "node:tls";
import type { AsyncWriteError } from "@aw/core";
import {
  Deadline,
  invalidArgument,
  listOf,
  MILLISECONDS,
  SIGNAL,
  STRING,
  throwIfAborted,
  type Schema,
} from "@aw/core/implementor";
import { WebSocket } from "ws";
import { diagnostics } from "../../link/node/diagnostics.ts";
import { handshakeError } from "../../link/node/ws-error.ts";
import { WsLink } from "../../link/node/ws-link.ts";
import { OBJECT, WS_OPTIONS, wsSettings, type WsOptions } from "../../link/node/ws-options.ts";
import { parseTarget, targetOf } from "../../link/target.ts";
import { agentFor } from "./proxy-agent.ts";
import { Refusal } from "./refusal.ts";

/** How to connect, whatever comes of it. */
export interface OpenOptions extends WsOptions {
  /** Subprotocols to offer, the best first. The server has to take one. */
  protocols?: readonly string[] | undefined;
  /** More headers for the request. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Gives up connecting when it fires. Has no meaning after that. */
  signal?: AbortSignal | undefined;
  /** Gives up connecting after this many milliseconds. Default: 30,000. */
  timeout?: number | undefined;
  /** Node's TLS options, for `wss:`. */
  tls?: TlsOptions | undefined;
  /**
   * Opens the socket, through a proxy for example; an `https.Agent` for `wss:`. Default: none; with
   * NODE_USE_ENV_PROXY=1 a tunnel through the proxy that HTTP_PROXY or HTTPS_PROXY names, unless
   * NO_PROXY names the host.
   */
  agent?: Agent | undefined;
}

export const OPEN_OPTIONS: Schema<OpenOptions> = {
  ...WS_OPTIONS,
  protocols: listOf(STRING),
  headers: OBJECT,
  signal: SIGNAL,
  timeout: MILLISECONDS,
  tls: OBJECT,
  agent: {
    allowed: "an Agent of node:http or node:https",
    accepts: (value) => typeof (value as { addRequest?: unknown }).addRequest === "function",
  },
};

interface OpenSettings extends OpenOptions {
  closeTimeout?: number | undefined;
}

/**
 * Opens a client, and calls `make` in the turn in which it opened, so that no message is missed.
 *
 * @param offers the subprotocols that go into the request
 */
export async function openWebSocket<C>(
  url: string | URL,
  offers: string[],
  options: OpenSettings,
  make: (link: WsLink) => C,
): Promise<C> {
  const { signal, heartbeat, timeout = 30_000 } = options;
  const target = parseTarget(url);
  const name = `websocket ${targetOf(target)}`;
  const attempt = `connect ${name}`;
  throwIfAborted(attempt, signal);
  const startedAt = performance.now();
  const givenUp = new AbortController();
  const ws = open(target, offers, { ...options, signal: givenUp.signal }, attempt);
  return new Promise((resolve, reject) => {
    let refusal: Refusal | undefined;
    let socket: Socket | undefined;
    let settled = false;
    const giveUp = (error: AsyncWriteError): void => {
      if (settled) return;
      settled = true;
      deadline.clear();
      givenUp.abort();
      ws.terminate();
      diagnostics.error(name, error);
      reject(error);
    };
    const late = `no answer to the upgrade within ${timeout} ms`;
    const deadline = new Deadline({ attempt, ms: timeout, signal, late }, (error) => {
      const { code } = error;
      giveUp(code === "ERR_AW_TIMEOUT" ? (refusal?.error() ?? error) : error);
    });
    ws.on("unexpected-response", (_request, response: IncomingMessage) => {
      refusal = new Refusal(attempt, response, giveUp);
    });
    // What fails after the promise is settled has no one to be reported to, but must have a listener.
    ws.on("error", (error) => {
      // Also if its body was cut off: the status is known.
      giveUp(refusal?.error() ?? handshakeError(attempt, error));
    });
    ws.on("upgrade", (response) => {
      // Bun's own ws has none.
      socket = response.socket ?? undefined;
    });
    ws.on("open", () => {
      if (settled) return;
      settled = true;
      deadline.clear();
      resolve(make(new WsLink(ws, name, { heartbeat, socket, role: "client", startedAt })));
    });
  });
}

function open(
  url: URL,
  offers: string[],
  options: OpenSettings & { signal: AbortSignal },
  attempt: string,
): WebSocket {
  const { headers = {}, tls } = options;
  const agent = agentFor(url, options);
  try {
    return new WebSocket(url, offers, {
      ...tls,
      ...wsSettings(options),
      agent,
      headers: { ...headers },
    });
  } catch (error) {
    throw invalidArgument(`${attempt}: ${(error as Error).message}`, error);
  }
}
