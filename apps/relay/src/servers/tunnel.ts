import type { Server } from "node:http";
import { acceptor } from "@aw/tls";
import { attach } from "@aw/websocket";
import type { Logger } from "pino";
import type { Ingest } from "../ingest/ingest.ts";
import { acceptLoop } from "./accept-loop.ts";
import type { Access } from "./access.ts";
import { answer } from "./answer.ts";
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
  const listener = attach(server, {
    path: "/tunnel",
    maxConnections,
    heartbeat: {},
    authorize: (request) => access.allows(request) || { ...access.refusal },
    onRefused: (error) => log.warn({ err: error }, "connection refused"),
  });
  const loop = acceptLoop(
    listener,
    async (tunnel) => {
      const connection = await tls.accept(tunnel);
      const arrival = { name: "tunnel", route: "tunnel", peer: peerOf(tunnel.request) } as const;
      await answer(connection, (reader) => ingest.receive(reader, arrival));
    },
    log,
  );
  return servingOf("tunnel", `${origin}/tunnel`, listener, loop);
}
