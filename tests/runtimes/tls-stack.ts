// Both ends of TLS on one runtime: lines there through gzip, and an answer after the half-close.
import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { gunzip, gzip } from "@aw/compression";
import { buffered, copy, memory } from "@aw/core";
import { connect, listen } from "@aw/tls";

const [cert = "", key = ""] = process.argv.slice(2);
const listener = await listen({ key, cert });
const received = memory();
const serving = (async () => {
  for await (const connection of listener) {
    const out = gunzip(received);
    await copy(connection.readable, out);
    await out.close();
    await connection.writeAll("got it");
    await connection.close();
    return;
  }
})();
const { port } = listener.address as AddressInfo;
const connection = await connect({ host: "localhost", port }, { ca: cert });
const out = buffered(gzip(connection));
const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`);
for (const line of lines) await out.writeAll(line);
await out.close();
assert.equal(await new Response(connection.readable).text(), "got it");
await serving;
assert.equal(received.text(), lines.join(""));
await listener.close();
