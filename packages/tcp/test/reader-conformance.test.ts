import { mkdtempSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readerConformance } from "@aw/conformance/vitest";
import { connect, listen, type ListenOptions, type TcpConnection } from "@aw/tcp";
import { afterAll } from "vitest";
import { localPath } from "./system.ts";

/** 64 KiB and a chunk are read ahead; a socket of Node holds as much before. */
const BOUND = 300 * 1024;

const folder = mkdtempSync(join(tmpdir(), "aw-tcp-readers-"));
afterAll(() => rmSync(folder, { recursive: true }));
let sockets = 0;

const transports: Readonly<Record<string, () => ListenOptions>> = {
  tcp: () => ({}),
  "a Unix-domain socket": () => ({ path: localPath(folder, String(sockets++)) }),
};

/** The socket below. */
function socketOf(connection: TcpConnection): Socket {
  return (connection as unknown as { socket: Socket }).socket;
}

for (const [transport, options] of Object.entries(transports)) {
  for (const end of ["client", "server"] as const) {
    readerConformance({
      name: `${transport}, the ${end}'s end`,
      factory: async () => {
        const listener = await listen(options());
        const { address } = listener;
        const connecting = connect(
          typeof address === "string" ? { path: address } : { port: address.port },
        );
        const { value } = await listener[Symbol.asyncIterator]().next();
        const [client, server] = [await connecting, value as TcpConnection];
        const [ours, peer] = end === "client" ? [client, server] : [server, client];
        // What waits in the kernel is sent when it is.
        const later = (operation: Promise<void>): void => void operation.catch(() => {});
        return {
          reader: ours.reader,
          give: (bytes) => later(peer.writeAll(bytes)),
          end: () => later(peer.close()),
          fail: async () => {
            await peer.flush();
            peer.abort();
          },
          taken: () => socketOf(ours).bytesRead,
          bound: BOUND,
          cleanup: () => {
            ours.abort();
            peer.abort();
            listener.abort();
          },
        };
      },
      // Not `isStopped`: an aborted reader discards up to 1 MiB before the peer has to wait.
      // A Unix-domain socket knows no reset: a peer that is gone looks as one that has ended.
      supports: { fail: transport === "tcp", bound: true },
      // A connection each.
      seeds: 250,
    });
  }
}
