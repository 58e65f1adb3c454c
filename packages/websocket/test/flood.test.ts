import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { deflateRawSync, Z_SYNC_FLUSH } from "node:zlib";
import { attach, type WebSocketConnection } from "@aw/websocket";
import { expect, it } from "vitest";
import { after, until } from "./instruments.ts";
import { frame, rawWebSocket } from "./raw-peer.ts";

const CONNECTIONS = 20;

/** What a connection may take when its peer floods and nobody reads, in bytes. */
const BOUND = 300 * 1024;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function memory(): number {
  for (let round = 0; round < 3; round++) collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Sends the same again and again, as fast as it is taken. */
function flood(socket: Socket, block: Buffer): void {
  const send = (): void => {
    while (socket.write(block));
  };
  socket.on("drain", send);
  send();
}

/** Waits until nothing is read any more. */
async function stuck(sockets: readonly Socket[]): Promise<void> {
  let last = -1;
  let looks = 0;
  await until(() => {
    const read = sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
    looks = read === last ? looks + 1 : 0;
    last = read;
    return looks === 50;
  });
}

const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(7);
const compressed = deflateRawSync(bytes(65_536), { finishFlush: Z_SYNC_FLUSH }).subarray(0, -4);

it.each([
  { kind: "messages of 64 KiB", message: frame(2, bytes(65_536)) },
  { kind: "messages of 100 bytes", message: frame(2, bytes(100)) },
  { kind: "messages of one byte", message: frame(2, bytes(1)) },
  { kind: "compressed messages of 64 KiB", message: frame(2, compressed, { reserved: 4 }) },
])("a peer that floods with $kind while nobody reads takes little", async ({ message }) => {
  const http = createServer();
  const sockets: Socket[] = [];
  http.on("connection", (socket) => sockets.push(socket));
  const listener = attach(http, { perMessageDeflate: true });
  after(() => {
    listener.abort();
    http.close();
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port } = http.address() as AddressInfo;
  const connections: WebSocketConnection[] = [];
  void (async () => {
    for await (const connection of listener) connections.push(connection);
  })();
  const header = message[0] === 0xc2 ? ["Sec-WebSocket-Extensions: permessage-deflate"] : [];
  const peers: Socket[] = [];
  while (peers.length < CONNECTIONS) peers.push(await rawWebSocket(port, "/", header));
  await until(() => connections.length === CONNECTIONS);
  const block = Buffer.concat(Array<Buffer>(Math.ceil(65_536 / message.length)).fill(message));
  const before = memory();
  for (const peer of peers) flood(peer, block);
  await stuck(sockets);
  expect((memory() - before) / CONNECTIONS).toBeLessThan(BOUND);
  // It was only waiting.
  const { reader } = connections[0] as WebSocketConnection;
  expect(await reader.readExactly(1_000_000)).toEqual(bytes(1_000_000));
});
