import type { Logger } from "pino";
import type { Config } from "../config/schema.ts";
import type { App } from "../http/app.ts";
import type { Ingest } from "../ingest/ingest.ts";
import type { Access } from "./access.ts";
import { serveHttp } from "./http.ts";
import type { Serving } from "./serving.ts";
import { serveTcp } from "./tcp.ts";
import { serveTls, type TlsCredentials } from "./tls.ts";
import { serveTunnel } from "./tunnel.ts";
import { serveUnix } from "./unix.ts";
import { serveWebSocket } from "./websocket.ts";

export interface ListenParts {
  ingest: Ingest;
  app: App;
  access: Access;
  credentials: TlsCredentials;
  log: Logger;
  /** Called with each server once it listens: also if a later one can't. */
  onServing: (serving: Serving) => void;
}

/** Starts every server that a configuration asks for. */
export async function listenAll(config: Config, parts: ListenParts): Promise<void> {
  const { host, listen, limits } = config;
  const { ingest, app, access, credentials, log, onServing } = parts;
  const { maxConnections } = limits;
  const common = { host, maxConnections, idleTimeout: limits.idleSeconds * 1000, log };

  if (listen.tcp !== false) onServing(await serveTcp(ingest, { ...common, port: listen.tcp }));
  if (listen.tls !== false) {
    onServing(await serveTls(ingest, { ...common, port: listen.tls, credentials }));
  }
  if (listen.http !== false) {
    const http = await serveHttp(app, { ...common, port: listen.http });
    const origin = http.address.replace("http:", "ws:");
    const ofUpgrades = { access, maxConnections, origin, log };
    // The tunnel first: the other one takes every path that is left.
    onServing(serveTunnel(ingest, http.server, { ...ofUpgrades, credentials }));
    onServing(serveWebSocket(ingest, http.server, ofUpgrades));
    onServing(http);
  }
  for (const content of ["bytes", "records"] as const) {
    const path = content === "bytes" ? listen.unix : listen.records;
    if (path !== false) onServing(await serveUnix(ingest, { ...common, path, content }));
  }
}
