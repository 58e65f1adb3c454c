import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { connect } from "@aw/tcp";
import { stuck } from "./stuck.ts";

// Slabs are used again as soon as the kernel is said to have them: a byte that is sent later than that is
// another one by then.

const STEP = 50_021;
const TOTAL = 40 * 1024 * 1024;
/** The byte at an offset of the stream. */
const byteAt = (offset: number): number => (offset * 31 + (offset >> 13)) & 0xff;

const server = createServer();
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;
const full = Promise.withResolvers<void>();
const checked = once(server, "connection").then(async ([socket]) => {
  await full.promise;
  let offset = 0;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    for (let index = 0; index < chunk.length; index += 97) {
      assert.equal(chunk[index], byteAt(offset + index), `byte ${offset + index}`);
    }
    offset += chunk.length;
  }
  assert.equal(offset, TOTAL);
});

const writer = await connect({ port, host: "127.0.0.1" });
let sent = 0;
const next = (length: number): Uint8Array => {
  const piece = new Uint8Array(length);
  for (let index = 0; index < length; index++) piece[index] = byteAt(sent + index);
  sent += length;
  return piece;
};
await writer.writeAll(next(1000));
assert.equal(writer.pollFlush({ wake() {} }), undefined, "a kernel with room has it at once");
const written = (async () => {
  while (sent < TOTAL) await writer.writeAll(next(Math.min(STEP, TOTAL - sent)));
  await writer.close();
})();
// Nobody reads before the kernel is full, and slabs wait for it.
await stuck(() => sent);
full.resolve();
await Promise.all([written, checked]);
writer.abort();
server.close();
