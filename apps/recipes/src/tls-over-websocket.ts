/**
 * TLS over a WebSocket: through a proxy that only lets HTTP through, and past one that ends the TLS of
 * `wss:`, which sees ciphertext only. Both ends here.
 *
 *     node tls-over-websocket.ts serve 8080 cert.pem key.pem
 *     echo hello | node tls-over-websocket.ts ws://localhost:8080/tunnel example.com cert.pem
 *
 * The certificate is that of the end you want to talk to, not of the proxy. Each end half-closes, and
 * knows an end (close_notify) from a cut (`ERR_AW_TRUNCATED`), whoever in between made it.
 */
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { copy, serve, type Connection } from "@aw/core";
import { stdout } from "@aw/file";
import * as tls from "@aw/tls";
import * as websocket from "@aw/websocket";

/** Resolves with a connection to the far end once its certificate is verified. */
export async function connectThrough(url: string, options: tls.ClientOptions): Promise<Connection> {
  const { signal } = options;
  const tunnel = await websocket.connect(url, { halfClose: true, signal });
  return tls.client(tunnel, options);
}

/** Answers at `/tunnel` of an HTTP server that is yours. Returns the listener, to close it. */
export function serveTunnel(
  server: Server,
  credentials: tls.ServerOptions,
  handle: (connection: Connection) => Promise<void>,
  onError: (error: unknown) => void = console.error,
): websocket.WebSocketListener {
  const listener = websocket.attach(server, { path: "/tunnel", heartbeat: {} });
  const serveOne = async (tunnel: Connection): Promise<void> =>
    handle(await tls.server(tunnel, credentials));
  void serve(listener, serveOne, { onError });
  return listener;
}

async function echo(connection: Connection): Promise<void> {
  await using peer = connection;
  await copy(peer.reader, peer);
  await peer.close();
}

if (import.meta.main) {
  const [first = "", second = "", ...files] = process.argv.slice(2);
  const [cert, key] = await Promise.all(files.map((file) => readFile(file)));
  if (first === "serve") {
    const server = createServer().listen(Number(second), () => {
      const { port } = server.address() as AddressInfo;
      console.log(`listening at ws://localhost:${port}/tunnel`);
    });
    serveTunnel(server, { cert, key }, echo);
  } else {
    await using peer = await connectThrough(first, { servername: second, ca: cert });
    await copy(process.stdin, peer);
    await peer.close();
    await copy(peer.reader, stdout());
  }
}
