import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import type { AddressInfo } from "node:net";
import * as tcp from "@aw/tcp";
import { acceptor, client } from "@aw/tls";

// Many handshakes under way at one acceptor, over sockets whose bytes come in other contexts: each ends as its
// own client made it end, and none waits for its time.

const [cert = "", key = ""] = process.argv.slice(2);
const accepting = acceptor({ cert, key, handshakeTimeout: 2 ** 31 - 1 });
const foreign = new AsyncLocalStorage<string>();
const listener = await tcp.listen();
const { port } = listener.address as AddressInfo;
const accepted = listener[Symbol.asyncIterator]();

const clients: Record<string, (connection: tcp.TcpConnection) => Promise<unknown>> = {
  good: (connection) => client(connection, { servername: "localhost", ca: cert }),
  distrustful: (connection) => client(connection, { servername: "localhost" }),
  garbage: async (connection) => {
    await connection.writeAll("GET / HTTP/1.1\r\n\r\n");
    await connection.flush();
  },
  "half a hello": async (connection) => {
    await connection.writeAll(Buffer.from("16030102000100", "hex"));
    await connection.close();
  },
  silent: (connection) => connection.close(),
  reset: async (connection) => connection.abort(),
};
const outcomes: Record<string, RegExp> = {
  good: /^done$/,
  // Its alert, or the reset after it.
  distrustful: /^ERR_AW_(?:TLS|CONNECTION_RESET)$/,
  garbage: /^ERR_AW_TLS$/,
  "half a hello": /^ERR_AW_TRUNCATED$/,
  silent: /^ERR_AW_TRUNCATED$/,
  reset: /^ERR_AW_CONNECTION_RESET$/,
};

const kinds = Array.from({ length: 10 }, () => Object.keys(clients)).flat();
const all = [];
for (const kind of kinds) {
  const near = await foreign.run(kind, () => tcp.connect({ port, host: "127.0.0.1" }));
  const { value: far } = (await accepted.next()) as { value: tcp.TcpConnection };
  all.push({ kind, near, far });
}
const results = all.map(async ({ kind, far }) => {
  try {
    const connection = await accepting.accept(far);
    const said = await new Response(connection.readable).text();
    connection.abort();
    return { kind, outcome: "done", said };
  } catch (error) {
    return { kind, outcome: (error as { code: string }).code, said: kind };
  }
});
for (const [index, { kind, near }] of all.entries()) {
  const begin = clients[kind] as (connection: tcp.TcpConnection) => Promise<unknown>;
  const acting = foreign.run(`client ${index}`, async () => {
    const connection = (await begin(near)) as tcp.TcpConnection | undefined;
    if (kind !== "good") return;
    await connection?.writeAll(kind);
    await connection?.close();
  });
  // What a client hears of its own handshake is not what is asked here.
  acting.catch(() => {});
}
for (const { kind, outcome, said } of await Promise.all(results)) {
  assert.match(outcome, outcomes[kind] as RegExp, kind);
  assert.equal(said, kind);
}
for (const { near, far } of all) {
  near.abort();
  far.abort();
}
listener.abort();
