import type { Server } from "node:http";
import { serve } from "@aw/core";
import { acceptor } from "@aw/tls";
import { attach } from "@aw/websocket";
import type { Logger } from "pino";
import type { Ingest } from "../ingest/ingest.ts";
import type { Access } from "./access.ts";
import { answer } from "./answer.ts";
import { logFailures } from "./log-failures.ts";
import { peerOf } from "./peer-of.ts";
import { servingOf, type Serving } from "./serving.ts";
import { serverOptions, type TlsCredentials } from "./tls.ts";

export interface TunnelOptions {
  access: Access;
  credentials: TlsCredentials;
  maxConnections?: number | undefined;
  /** "ws://127.0.0.1:8080". */
  origin: string;
  log: Logger;
}

/**
 * `ws://host/tunnel`: TLS inside of a WebSocket, for senders that only get out by HTTP, through proxies that must not
 * read what passes.
 */
export function serveTunnel(ingest: Ingest, server: Server, options: TunnelOptions): Serving {
  const { access, credentials, maxConnections, origin, log } = options;
  const tls = acceptor(serverOptions(credentials)); // once: clients resume their sessions
  const { onRefused, onError } = logFailures(log);
  const listener = attach(server, {
    path: "/tunnel",
    maxConnections,
    heartbeat: {},
    authorize: (request) => access.refusalOf(request) ?? true,
    onRefused,
  });
  const served = serve(
    listener,
    async (tunnel) => {
      await using connection = await tls.accept(tunnel);
      const arrival = { name: "tunnel", route: "tunnel", peer: peerOf(tunnel.request) } as const;
      await answer(connection, (reader) => ingest.receive(reader, arrival));
    },
    { onError },
  );
  return servingOf("tunnel", `${origin}/tunnel`, listener, served);
}
