import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo, Server as SocketServer } from "node:net";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import type { Stored } from "./receive.ts";

/** Like an upload to the relay: what arrived is acknowledged when it is on the disk. */
export async function answered(socket: Duplex, storing: Promise<Stored>): Promise<Stored> {
  const stored = await storing;
  socket.end(JSON.stringify(stored));
  return stored;
}

/** Waits for the answer, up to the end. */
export async function waitForAnswer(socket: Duplex): Promise<void> {
  await text(socket);
}

/** Resolves with a free port of this machine. */
export async function listening(server: Server | SocketServer): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
