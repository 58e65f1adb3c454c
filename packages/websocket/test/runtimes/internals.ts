// Run by each Node of the support table: what this package relies on inside `ws` and Node.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request, type IncomingMessage } from "node:http";
import { Socket, type AddressInfo, type Server } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { WebSocket, WebSocketServer } from "ws";
import { decideUpgrades } from "../../src/accept/node/upgrade-decision.ts";
import { writeFrames, writeFramesAtOnce } from "../../src/link/node/frames.ts";
import { InflateGate } from "../../src/link/node/inflate-gate.ts";
import { queuedBytes } from "../../src/link/node/queued-bytes.ts";
import { socketOf } from "../../src/link/node/ws-socket.ts";

const url = (server: { address(): unknown }): string =>
  `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;

/** Both ends of a connection of `ws`, and the socket of the client. */
async function pair(perMessageDeflate: boolean) {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate });
  await once(server, "listening");
  const accepted = once(server, "connection") as Promise<[WebSocket]>;
  const client = new WebSocket(url(server), { perMessageDeflate });
  const [[peer]] = await Promise.all([accepted, once(client, "open")]);
  const socket = socketOf(client);
  assert.ok(socket instanceof Socket, "ws keeps its socket elsewhere");
  const end = (): void => {
    client.terminate();
    server.close();
  };
  return { client, peer, socket, end };
}

/** A closed gate holds a compressed message back, and an open one lets it through. */
async function holdsMessages(): Promise<void> {
  const { client, peer, socket, end } = await pair(true);
  const gate = new InflateGate(client);
  const lengths: number[] = [];
  client.on("message", (data: Buffer) => lengths.push(data.length));
  gate.close();
  const before = socket.bytesRead;
  peer.send(Buffer.alloc(100_000, "x"));
  peer.send(Buffer.alloc(200_000, "y"));
  while (socket.bytesRead === before) await turn();
  // As many turns as zlib would need many times over.
  for (let turns = 0; turns < 200; turns++) await turn();
  assert.deepEqual(lengths, [], "ws inflates without asking the gate");
  gate.open();
  while (lengths.length < 2) await turn();
  assert.deepEqual(lengths, [100_000, 200_000]);
  end();
}

/** Frames that are written past `ws` stand between its own, whole and in order, from either end. */
async function mixesFrames(): Promise<void> {
  for (const from of ["client", "server"] as const) {
    const { client, peer, end } = await pair(false);
    const [sender, receiver] = from === "client" ? [client, peer] : [peer, client];
    const write = (length: number, letter: string): void => {
      const socket = socketOf(sender) as Socket;
      writeFrames(socket, Buffer.alloc(length, letter), 100_000, from === "client", () => {});
    };
    const got: string[] = [];
    receiver.on("message", (data: Buffer) => got.push(`${data.length} of ${data.toString()[0]}`));
    receiver.on("ping", () => got.push("ping"));
    sender.send("a");
    write(150_000, "b");
    sender.ping();
    write(70, "c");
    sender.send("d");
    sender.close(1000);
    const [code] = (await once(receiver, "close")) as [number];
    assert.equal(code, 1000);
    assert.deepEqual(got, ["1 of a", "100000 of b", "50000 of b", "ping", "70 of c", "1 of d"]);
    end();
  }
}

/** The memory of a frame is used again once the kernel has it, and not before. */
async function reusesMemory(): Promise<void> {
  for (const masks of [false, true]) {
    const { client, peer, end } = await pair(false);
    const [sender, receiver] = masks ? [client, peer] : [peer, client];
    const socket = socketOf(sender) as Socket;
    const got: number[] = [];
    receiver.on("message", (data: Buffer) => {
      assert.ok(data.length === 1000 && data.every((byte) => byte === data[0]), "mixed up");
      got.push(data[0] as number);
    });
    receiver.pause();
    let sent = 0;
    const send = (): boolean =>
      writeFramesAtOnce(socket, Buffer.alloc(1000, sent++ & 0xff), 1000, masks);
    // Nothing overtakes, and the frames behind the one that is stuck are made in other memory.
    while (send());
    assert.ok(sent > 10, "a write counts as waiting though the kernel has it");
    for (let more = 0; more < 5; more++) assert.equal(send(), false);
    const left = new Promise((resolve) => socket.write("", resolve));
    receiver.resume();
    await left;
    assert.equal(send(), true);
    while (got.length < sent) await turn();
    assert.ok(
      got.every((first, index) => first === (index & 0xff)),
      "out of order",
    );
    end();
  }
}

/** What the kernel has not taken of a write is counted, and less when the peer reads. */
async function countsQueued(): Promise<void> {
  const { client, peer, socket, end } = await pair(false);
  peer.pause();
  client.send(Buffer.alloc(64 * 1024 * 1024));
  while (queuedBytes(socket) === 0) await turn();
  const queued = queuedBytes(socket);
  peer.resume();
  while (queuedBytes(socket) === queued) await turn();
  assert.ok(queuedBytes(socket) < queued);
  await once(peer, "message");
  end();
}

/** An upgrade that nobody wants is a plain request, and an upgrade again afterwards. */
async function decides(): Promise<void> {
  const server = createServer((_request, response) => response.end("plain"));
  server.on("upgrade", (_request: IncomingMessage, socket: Socket) =>
    socket.end("HTTP/1.1 426 No\r\n\r\n"),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const undo = decideUpgrades(server, ({ headers }) => headers.upgrade === "websocket");
  assert.equal(await statusOf(server, "h2c"), 200, "the server does not ask who is to upgrade");
  assert.equal(await statusOf(server, "websocket"), 426);
  undo();
  assert.equal(await statusOf(server, "h2c"), 426);
  server.close();
}

async function statusOf(server: Server, protocol: string): Promise<number | undefined> {
  const headers = { Connection: "Upgrade", Upgrade: protocol };
  const asking = request(url(server).replace("ws:", "http:"), { headers, agent: false }).end();
  const [response] = (await once(asking, "response")) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

const checks: Record<string, () => Promise<void>> = {
  holdsMessages,
  mixesFrames,
  reusesMemory,
  countsQueued,
  decides,
};
await (checks[process.argv[2] as string] as () => Promise<void>)();
