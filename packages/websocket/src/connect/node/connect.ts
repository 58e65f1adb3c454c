import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { ConnectionOptions as TlsOptions } from "node:tls";
import { AsyncWriteError } from "@aw/core";
import { WebSocket, type PerMessageDeflateOptions } from "ws";
import { offers } from "../../link/half-close.ts";
import { checkHeartbeat, type HeartbeatOptions } from "../../link/node/heartbeat.ts";
import {
  checkOptions,
  invalid,
  milliseconds,
  positive,
  type ConnectionOptions,
} from "../../link/options.ts";
import { UpgradeError } from "./upgrade-error.ts";
import { WebSocketConnection } from "../../link/websocket-connection.ts";
import { wsError, WsLink } from "../../link/node/ws-link.ts";

export interface ConnectOptions extends ConnectionOptions {
  /** Subprotocols to offer, the best first. The server has to take one. */
  protocols?: readonly string[] | undefined;
  /**
   * Offers the half-close, with each of the `protocols`. Without `protocols`, a server that does
   * not know it is refused: browsers and Node alike demand an answer. Default: false.
   */
  halfClose?: boolean | undefined;
  /** More headers for the request. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Gives up connecting when it fires. Has no meaning after that. */
  signal?: AbortSignal | undefined;
  /** Gives up connecting after this many milliseconds. Default: 30,000. */
  timeout?: number | undefined;
  /** The largest message that is taken, in bytes; more closes with 1009. Default: 16 MiB. */
  maxPayload?: number | undefined;
  /** Offers compression of each message (RFC 7692). Default: false. */
  perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
  /** Finds dead peers. Default: off. */
  heartbeat?: HeartbeatOptions | undefined;
  /** Node's TLS options, for `wss:`. */
  tls?: TlsOptions | undefined;
}

const BODY_LIMIT: number = 64 * 1024;

/** How Node's codes begin when a certificate is not trusted, or the handshake of TLS fails. */
const TLS_FAILURE =
  /^(?:CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CRL_|INVALID_|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH)/;

/**
 * Connects to `ws:`, `wss:`, `http:` or `https:`. Resolves once the server has taken the upgrade.
 *
 * Rejects with `ERR_AW_CONNECT` (refused, unreachable; the cause is an `UpgradeError` with status
 * and body if the server answered with something else), `ERR_AW_PROTOCOL` (its answer is no
 * WebSocket handshake), `ERR_AW_TLS` (a certificate that is not trusted, ...), `ERR_AW_TIMEOUT`, `ERR_AW_ABORTED`, or `ERR_AW_INVALID_ARGUMENT`.
 */
export async function connect(
  url: string | URL,
  options: ConnectOptions = {},
): Promise<WebSocketConnection> {
  const { signal, heartbeat } = options;
  const timeout = milliseconds("timeout", options.timeout, 30_000);
  checkOptions(options);
  checkHeartbeat(heartbeat);
  const name = `websocket ${withoutSecrets(url)}`;
  if (signal?.aborted) throw aborted(name, signal);
  const ws = open(url, options, name);
  return new Promise((resolve, reject) => {
    let settled = false;
    const settle = (): boolean => {
      if (settled) return false;
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      return true;
    };
    const giveUp = (error: AsyncWriteError): void => {
      if (!settle()) return;
      ws.terminate();
      reject(error);
    };
    const onAbort = (): void => giveUp(aborted(name, signal as AbortSignal));
    const timer = setTimeout(() => {
      const message = `connect ${name}: no answer to the upgrade within ${timeout} ms`;
      giveUp(new AsyncWriteError("ERR_AW_TIMEOUT", message));
    }, timeout);
    signal?.addEventListener("abort", onAbort, { once: true });
    ws.on("unexpected-response", (request, response) => {
      void refusal(name, response).then((error) => {
        giveUp(error);
        request.destroy();
      });
    });
    // What fails after the answer is nobody's any more, but must not be an unhandled event.
    ws.on("error", (error) => {
      if (!settled) giveUp(handshakeError(name, error));
    });
    let socket: Socket | undefined;
    ws.on("upgrade", (response) => {
      // Bun's own ws has none.
      socket = response.socket ?? undefined;
    });
    ws.on("open", () => {
      if (!settle()) return;
      // In this turn, so that no message is missed.
      resolve(new WebSocketConnection(new WsLink(ws, name, { heartbeat, socket }), options));
    });
  });
}

function open(url: string | URL, options: ConnectOptions, name: string): WebSocket {
  const { protocols = [], halfClose = false, headers = {}, closeTimeout, tls } = options;
  try {
    // Not written in place: the types of ws do not know closeTimeout yet.
    const settings = {
      ...tls,
      headers: { ...headers },
      maxPayload: positive("maxPayload", options.maxPayload, 16 * 1024 * 1024),
      perMessageDeflate: options.perMessageDeflate ?? false,
      closeTimeout: closeTimeout ?? 10_000,
    };
    return new WebSocket(url, offers(protocols, halfClose), settings);
  } catch (error) {
    throw invalid(`connect ${name}: ${(error as Error).message}`, error);
  }
}

async function refusal(name: string, response: IncomingMessage): Promise<AsyncWriteError> {
  const { statusCode = 0, headers } = response;
  let body = "";
  try {
    response.setEncoding("utf8");
    for await (const text of response) {
      body += text as string;
      if (body.length >= BODY_LIMIT) break;
    }
  } catch {
    // A body that is cut off is no reason to say less.
  }
  const cause = new UpgradeError(statusCode, headers, body.slice(0, BODY_LIMIT));
  const text = body === "" ? "" : `: ${body.slice(0, 200)}`;
  return new AsyncWriteError("ERR_AW_CONNECT", `connect ${name}: ${cause.message}${text}`, {
    cause,
  });
}

function handshakeError(name: string, cause: Error): AsyncWriteError {
  const { code = "" } = cause as NodeJS.ErrnoException;
  const attempt = `connect ${name}`;
  if (code.startsWith("WS_ERR_")) return wsError(attempt, cause);
  if (code === "" || code.startsWith("HPE_")) {
    const message = `${attempt}: the server's answer is no WebSocket handshake: ${cause.message}`;
    return new AsyncWriteError("ERR_AW_PROTOCOL", message, { cause });
  }
  if (TLS_FAILURE.test(code)) {
    const message = `${attempt}: TLS failed: ${cause.message}`;
    return new AsyncWriteError("ERR_AW_TLS", message, { cause });
  }
  if (code === "ETIMEDOUT") return AsyncWriteError.from(cause, attempt);
  const remedy = code === "ECONNREFUSED" ? "refused; is the server running?" : cause.message;
  return new AsyncWriteError("ERR_AW_CONNECT", `${attempt}: ${remedy}`, { cause });
}

function aborted(name: string, signal: AbortSignal): AsyncWriteError {
  const message = `connect ${name}: aborted by its signal`;
  return new AsyncWriteError("ERR_AW_ABORTED", message, { cause: signal.reason });
}

/** Names go into messages and logs: passwords and tokens do not. */
function withoutSecrets(url: string | URL): string {
  const parsed = URL.parse(String(url));
  return parsed === null ? "(invalid URL)" : `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}
