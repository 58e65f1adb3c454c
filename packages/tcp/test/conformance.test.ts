import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { conformance } from "@aw/conformance/vitest";
import { connect, listen, type ListenOptions, type TcpConnection } from "@aw/tcp";
import { afterAll } from "vitest";
import { localPath } from "./system.ts";

const folder = mkdtempSync(join(tmpdir(), "aw-tcp-"));
afterAll(() => rmSync(folder, { recursive: true }));
let sockets = 0;

const transports: Readonly<Record<string, () => ListenOptions>> = {
  tcp: () => ({}),
  "a Unix-domain socket": () => ({ path: localPath(folder, String(sockets++)) }),
};

for (const [transport, options] of Object.entries(transports)) {
  for (const end of ["client", "server"] as const) {
    conformance({
      name: `${transport}, the ${end}'s end`,
      factory: async () => {
        const listener = await listen(options());
        const { address } = listener;
        const accepted = (async () => {
          for await (const connection of listener) return connection;
          throw new Error("the listener ended");
        })();
        const client: TcpConnection = await connect(
          typeof address === "string" ? { path: address } : { port: address.port },
        );
        const server = await accepted;
        const [writer, peer] = end === "client" ? [client, server] : [server, client];
        const received: Uint8Array[] = [];
        let ended = false;
        let length = 0;
        let grown = (): void => {};
        const reading = (async () => {
          for await (const chunk of peer.readable) {
            received.push(chunk);
            length += chunk.length;
            grown();
          }
          ended = true;
          grown();
        })().catch(() => {
          // Cut off: nothing more will come.
          ended = true;
          grown();
        });
        return {
          writer,
          fail: async () => {
            peer.abort();
            while (writer.state !== "failed") await new Promise((resolve) => setImmediate(resolve));
          },
          delivered: async (count) => {
            while (length < count && !ended) {
              await new Promise<void>((resolve) => {
                grown = resolve;
              });
            }
            return new Uint8Array(Buffer.concat(received));
          },
          cleanup: async () => {
            peer.abort();
            await reading;
            listener.abort();
          },
        };
      },
      // Not `finished`: an abort after a close that has begun comes after the FIN.
      // A Unix-domain socket knows no reset: a peer that is gone looks as one that has only ended.
      supports: { fail: transport === "tcp" },
    });
  }
}
