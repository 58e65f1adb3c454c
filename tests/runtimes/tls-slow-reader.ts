// A TLS peer that does not read, on one runtime: the writer has to wait, and loses nothing.
import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { connect, listen, type TlsConnection } from "@aw/tls";

const [cert = "", key = ""] = process.argv.slice(2);

const CHUNK = new Uint8Array(1024 * 1024);
/** More than kernels keep for two sockets. */
const PLENTY = 64;
/** So many turns of the event loop without progress, and the writer waits. */
const QUIET = 200;

const listener = await listen({ key, cert });
const accepting = listener[Symbol.asyncIterator]().next();
const { port } = listener.address as AddressInfo;
const ours = await connect({ host: "localhost", port }, { ca: cert });
const { value: peer } = (await accepting) as { value: TlsConnection };

let flushed = 0;
const writing = (async () => {
  for (let each = 0; each < PLENTY; each++) {
    await ours.writeAll(CHUNK);
    await ours.flush();
    flushed++;
  }
})();
for (let seen = flushed, quiet = 0; quiet < QUIET && flushed < PLENTY; quiet++) {
  await new Promise((resolve) => setImmediate(resolve));
  if (flushed > seen) quiet = 0;
  seen = flushed;
}
assert.ok(flushed < PLENTY / 2, `${flushed} MiB were flushed to a peer that takes none`);

let received = 0;
const reading = (async () => {
  while (received < PLENTY * CHUNK.length) {
    const chunk = await peer.reader.read();
    if (chunk === undefined) return;
    received += chunk.length;
  }
})();
await writing;
await reading;
assert.equal(received, PLENTY * CHUNK.length);
await ours.close();
peer.abort();
ours.abort();
listener.abort();
