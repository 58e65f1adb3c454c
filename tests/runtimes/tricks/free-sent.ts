import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { Socket } from "node:net";
import { connect, listen } from "@aw/tls";
import { stuck } from "./stuck.ts";

// What TLS hands to the socket is detached once it was sent: seen from below, by the buffers that a socket is
// given. A block that was freed too early would be another one at the peer, or an exception here.

const [cert = "", key = ""] = process.argv.slice(2);
const TOTAL = 30 * 1024 * 1024;
let detached = 0;
const write = Reflect.get(Socket.prototype, "write") as (...args: unknown[]) => boolean;
function spy(this: Socket, ...args: unknown[]): boolean {
  const [chunk] = args;
  const done = args.at(-1);
  if (chunk instanceof Uint8Array && typeof done === "function" && !("encrypted" in this)) {
    const { buffer } = chunk;
    args[args.length - 1] = (error?: Error | null): void => {
      (done as (error?: Error | null) => void)(error);
      if (buffer.byteLength === 0) detached++;
    };
  }
  return write.apply(this, args);
}
Object.defineProperty(Socket.prototype, "write", { value: spy });

const listener = await listen({ cert, key });
const { port } = listener.address as AddressInfo;
let sent = 0;
const receiving = (async () => {
  for await (const connection of listener) {
    // Nobody reads before the kernel is full, and blocks wait for it.
    await stuck(() => sent);
    const hash = createHash("sha256");
    for await (const chunk of connection.readable) hash.update(chunk);
    await connection.close();
    return hash.digest("hex");
  }
})();
const connection = await connect({ host: "localhost", port }, { ca: cert });
const hash = createHash("sha256");
while (sent < TOTAL) {
  const piece = randomBytes(1 + Math.floor(Math.random() * 400_000));
  hash.update(piece);
  await connection.writeAll(piece);
  sent += piece.length;
}
await connection.close();
assert.equal(await receiving, hash.digest("hex"));
await new Response(connection.readable).text();
assert.ok(detached > 10, `${detached} blocks were freed`);
await listener.close();
