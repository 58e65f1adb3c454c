import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipe } from "@aw/core";
import { conformance } from "@aw/conformance/vitest";
import { client, connect, listen, server, type TlsConnection } from "@aw/tls";
import { Authority } from "@aw/testing";
import { afterAll } from "vitest";
import { connectionPair } from "./connection-pair.ts";

const authority = await Authority.create();
const { cert, key } = await authority.issue("localhost", ["localhost"]);
const expected = { ca: authority.ca, servername: "localhost" };
const folder = mkdtempSync(join(tmpdir(), "aw-tls-sockets-"));
afterAll(() => {
  authority.remove();
  rmSync(folder, { recursive: true });
});

interface Pair {
  client: TlsConnection;
  server: TlsConnection;
  cleanup(): void;
}

let sockets = 0;

async function overSocket(options: { path?: string } = {}): Promise<Pair> {
  const listener = await listen({ cert, key, ...options });
  const { port } = listener.address as AddressInfo;
  const { path } = options;
  const connecting = connect(path === undefined ? { port } : { path }, expected);
  const { value } = (await listener[Symbol.asyncIterator]().next()) as { value: TlsConnection };
  return { client: await connecting, server: value, cleanup: () => listener.abort() };
}

async function overPipe(): Promise<Pair> {
  const [left, right] = connectionPair(() => pipe({ capacity: 1000 }));
  const both = [client(left, expected), server(right, { cert, key })] as const;
  const [ours, theirs] = await Promise.all(both);
  return { client: ours, server: theirs, cleanup() {} };
}

const pairs: Readonly<Record<string, () => Promise<Pair>>> = {
  TCP: () => overSocket(),
  "a Unix-domain socket": () => overSocket({ path: join(folder, String(sockets++)) }),
  "a pipe": overPipe,
};

for (const [below, makePair] of Object.entries(pairs)) {
  for (const end of ["client", "server"] as const) {
    conformance({
      name: `tls over ${below}, the ${end}'s end`,
      factory: async () => {
        const pair = await makePair();
        const writer = pair[end];
        const peer = pair[end === "client" ? "server" : "client"];
        const received = new Received(peer);
        return {
          writer,
          fail: async () => {
            peer.abort();
            while (writer.state !== "failed") await new Promise((resolve) => setImmediate(resolve));
          },
          delivered: (count) => received.atLeast(count),
          cleanup: async () => {
            peer.abort();
            await received.ended;
            pair.cleanup();
          },
        };
      },
      // Not `finished`: an abort after a close that has begun comes after the close_notify.
      // A Unix-domain socket knows no reset: a peer that is gone looks as one that has only ended.
      supports: { fail: !below.startsWith("a Unix") },
    });
  }
}

/** What the peer has read so far. */
class Received {
  readonly ended: Promise<void>;
  readonly #chunks: Uint8Array[] = [];
  #length = 0;
  #over = false;
  #changed = (): void => {};

  constructor(peer: TlsConnection) {
    this.ended = this.#read(peer);
  }

  /** Everything, as soon as it is so many bytes, or no more can come. */
  async atLeast(count: number): Promise<Uint8Array> {
    while (this.#length < count && !this.#over) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
    return new Uint8Array(Buffer.concat(this.#chunks));
  }

  async #read(peer: TlsConnection): Promise<void> {
    try {
      for await (const chunk of peer.readable) {
        this.#chunks.push(chunk);
        this.#length += chunk.length;
        this.#changed();
      }
    } catch {
      // Cut off: nothing more will come.
    }
    this.#over = true;
    this.#changed();
  }
}
