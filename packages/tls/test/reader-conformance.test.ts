import type { Socket } from "node:net";
import { pipe } from "@aw/core";
import { readerConformance } from "@aw/conformance/vitest";
import { Authority } from "@aw/testing";
import { client, connect, listen, server, type TlsConnection } from "@aw/tls";
import { afterAll } from "vitest";
import { connectionPair } from "./connection-pair.ts";

const authority = await Authority.create();
const { cert, key } = await authority.issue("localhost", ["localhost"]);
const expected = { ca: authority.ca, servername: "localhost" };
afterAll(() => authority.remove());

/** Read ahead, what TLS holds on its way, and what a socket of Node holds. */
const BOUND = 400 * 1024;

interface Pair {
  readonly client: TlsConnection;
  readonly server: TlsConnection;
  readonly isOverSocket: boolean;
  cleanup(): void;
}

async function overSocket(): Promise<Pair> {
  const listener = await listen({ cert, key });
  const connecting = connect({ port: listener.port }, expected);
  const { value } = await listener[Symbol.asyncIterator]().next();
  return {
    client: await connecting,
    server: value as TlsConnection,
    isOverSocket: true,
    cleanup: () => listener.abort(),
  };
}

async function overPipe(): Promise<Pair> {
  const [left, right] = connectionPair(() => pipe({ capacity: 1000 }));
  const both = [client(left, expected), server(right, { cert, key })] as const;
  const [ours, theirs] = await Promise.all(both);
  return { client: ours, server: theirs, isOverSocket: false, cleanup() {} };
}

for (const [below, makePair] of Object.entries({ TCP: overSocket, "a pipe": overPipe })) {
  for (const end of ["client", "server"] as const) {
    readerConformance({
      name: `tls over ${below}, the ${end}'s end`,
      factory: async () => {
        const pair = await makePair();
        const ours = pair[end];
        const peer = pair[end === "client" ? "server" : "client"];
        const later = (operation: Promise<void>): void => void operation.catch(() => {});
        return {
          reader: ours.reader,
          give: (bytes) => later(peer.writeAll(bytes)),
          end: () => later(peer.close()),
          fail: async () => {
            await peer.flush();
            peer.abort();
          },
          taken: () => (ours as unknown as { socket?: Socket }).socket?.bytesRead ?? 0,
          bound: BOUND,
          cleanup: () => {
            ours.abort();
            peer.abort();
            pair.cleanup();
          },
        };
      },
      // Not `isStopped`: an aborted reader discards up to 1 MiB before the peer has to wait.
      // A pipe that is aborted drops what is in it.
      supports: { fail: below === "TCP", bound: below === "TCP" },
      // A handshake each.
      seeds: 100,
    });
  }
}
