// Run by Deno and by Bun: both ends of this package on their `ws`, and their own WebSocket below it.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { connect, fromWebSocket, listen, type WebSocketConnection } from "@aw/websocket";

const bytes = randomBytes(5_000_000);
const listener = await listen();
const url = `ws://127.0.0.1:${(listener.address as AddressInfo).port}/`;

/** Answers with the hash, where a finished client still reads, and tells it here. */
const hashes: Promise<string>[] = [];
const serving = (async () => {
  for await (const connection of listener) hashes.push(answer(connection));
})();

async function answer(connection: WebSocketConnection): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of connection.readable) hash.update(chunk);
  const digest = hash.digest("hex");
  if (connection.halfClose) await connection.writeAll(digest);
  await connection.close();
  return digest;
}

async function send(client: WebSocketConnection): Promise<void> {
  for (let start = 0, size = 1; start < bytes.length; start += size, size = (size * 7) % 100_003) {
    await client.writeAll(bytes.subarray(start, start + size));
  }
  await client.flush();
  await client.close();
}

const expected = createHash("sha256").update(bytes).digest("hex");

const answered = await connect(url, { halfClose: true });
await send(answered);
assert.equal(await new Response(answered.readable).text(), expected);

await send(await connect(url));

const socket = new WebSocket(url);
await new Promise((resolve) => socket.addEventListener("open", resolve));
await send(fromWebSocket(socket));

await listener.close();
await serving;
assert.deepEqual(await Promise.all(hashes), [expected, expected, expected]);

await assert.rejects(connect(url, { timeout: 5000 }), { code: "ERR_AW_CONNECT" });
