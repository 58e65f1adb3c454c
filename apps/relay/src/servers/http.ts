import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { AsyncWriteError } from "@aw/core";
import { formatAddress } from "@aw/core/implementor";
import { getRequestListener } from "@hono/node-server";
import type { App } from "../http/app.ts";
import type { Serving } from "./serving.ts";

export interface HttpOptions {
  host: string;
  port: number;
  maxConnections?: number | undefined;
  idleTimeout?: number | undefined;
}

export interface HttpServing extends Serving {
  /** For WebSockets, which come to the same port. */
  readonly server: Server;
}

/** Listens for HTTP. Requests of uploads may last: what bounds them is the time of an upload, not that of a request. */
export async function serveHttp(app: App, options: HttpOptions): Promise<HttpServing> {
  const { host, port, maxConnections, idleTimeout } = options;
  const answer = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const server = createServer({ requestTimeout: 0 }, (incoming, outgoing) => {
    void answer(incoming, outgoing); // never rejects: what fails is answered with 500
  });
  if (maxConnections !== undefined) server.maxConnections = maxConnections;
  if (idleTimeout !== undefined) server.timeout = idleTimeout;
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    throw AsyncWriteError.from(error, `listen http ${formatAddress(host, port)}`);
  }
  const { address, port: actual } = server.address() as AddressInfo;
  let connections = 0;
  server.on("connection", (socket) => {
    connections++;
    socket.on("close", () => connections--);
  });
  return {
    route: "http",
    address: `http://${formatAddress(address, actual)}`,
    server,
    get connections() {
      return connections;
    },
    async close(deadline) {
      const closed = once(server, "close");
      server.close(); // idle connections end at once
      const timer = setTimeout(() => server.closeAllConnections(), deadline);
      await closed;
      clearTimeout(timer);
    },
    abort: () => server.closeAllConnections(),
  };
}
