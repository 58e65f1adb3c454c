import { once } from "node:events";
import { Agent, createServer, type ClientRequestArgs } from "node:http";
import { connect as connectSocket, type AddressInfo, type Socket } from "node:net";
import { readerConformance } from "@aw/conformance/vitest";
import { attach, connect, type WebSocketConnection } from "@aw/websocket";
import { next } from "./instruments.ts";

/** Read ahead, a message of the peer, and what a socket of Node holds. */
const BOUND = 300 * 1024;

interface Pair {
  readonly client: WebSocketConnection;
  readonly server: WebSocketConnection;
  /** The sockets below. */
  readonly sockets: { client: Socket; server: Socket };
  readonly cleanup: () => void;
}

/** An agent that knows its socket. */
class KnownAgent extends Agent {
  socket!: Socket;

  override createConnection(options: ClientRequestArgs): Socket {
    this.socket = connectSocket(options as { port: number; host: string });
    return this.socket;
  }
}

async function pair(halfClose: boolean): Promise<Pair> {
  const http = createServer();
  const listener = attach(http);
  const accepted = next(listener);
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const socket = once(http, "connection");
  const agent = new KnownAgent();
  const { port } = http.address() as AddressInfo;
  const client = await connect(`ws://127.0.0.1:${port}`, { halfClose, agent });
  const sockets = { client: agent.socket, server: (await socket)[0] as Socket };
  const cleanup = (): void => {
    client.abort();
    listener.abort();
    http.close();
  };
  return { client, server: await accepted, sockets, cleanup };
}

for (const halfClose of [false, true]) {
  for (const role of ["client", "server"] as const) {
    readerConformance({
      name: `websocket ${role}${halfClose ? ", half-close" : ""}`,
      factory: async () => {
        const made = await pair(halfClose);
        const peer = made[role === "client" ? "server" : "client"];
        // What waits in the kernel is sent when it is.
        const later = (operation: Promise<void>): void => void operation.catch(() => {});
        return {
          reader: made[role].reader,
          give: (bytes) => later(peer.writeAll(bytes)),
          end: () => later(peer.close()),
          fail: async () => {
            await peer.flush();
            peer.abort();
          },
          taken: () => made.sockets[role].bytesRead,
          bound: BOUND,
          cleanup: made.cleanup,
        };
      },
      // Not `isStopped`: a cancelled reader discards up to 1 MiB before the peer has to wait.
      supports: { fail: true, bound: true },
      // A connection each.
      seeds: 250,
    });
  }
}
