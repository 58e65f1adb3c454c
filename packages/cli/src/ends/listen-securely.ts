import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { SecureContextOptions } from "node:tls";
import { AsyncWriteError } from "@aw/core";
import { attach, type WebSocketListener } from "@aw/websocket";
import type { ListenAt, ListenContext } from "./listen-context.ts";
import { usage } from "../line/usage.ts";

type TlsOptions = SecureContextOptions & { requestCert: boolean };

/** `listen` of `@aw/websocket` speaks plain HTTP; with TLS the server is ours, and it takes the upgrades. */
export async function listenSecurely(
  { host, port, path }: ListenAt,
  tls: TlsOptions,
  { signal, onRefused }: ListenContext,
): Promise<WebSocketListener> {
  const server = serverWith(tls);
  const listener = attach(server, { path, onRefused });
  listener.onStop(() => server.close());
  try {
    server.listen(port, host);
    await once(server, "listening", { signal });
  } catch (cause) {
    // It may still begin to listen: a name is looked up first.
    server.once("listening", () => server.close());
    listener.abort(cause);
    const { message } = cause as Error;
    throw new AsyncWriteError("ERR_AW_CONNECT", `listen wss ${host}:${port}: ${message}`, {
      cause,
    });
  }
  // Without descriptors, for example: the next connection may be accepted again.
  server.on("error", (error) => onRefused(AsyncWriteError.from(error, "accept")));
  server.on("tlsClientError", (error) => onRefused(AsyncWriteError.from(error, "handshake")));
  const onAbort = (): void => listener.abort(signal.reason);
  signal.addEventListener("abort", onAbort);
  listener.onStop(() => signal.removeEventListener("abort", onAbort));
  return listener;
}

function serverWith(tls: TlsOptions): Server {
  try {
    return createServer(tls);
  } catch (error) {
    throw usage(`tls: ${(error as Error).message}`);
  }
}
