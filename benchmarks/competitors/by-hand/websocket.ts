import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { BroadcastWay } from "../../src/ways.ts";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** The frame is made once for all, and what is sent to a client together is one write: the least there is to do. */
const toEach: BroadcastWay = async () => {
  const sockets: Duplex[] = [];
  const server = createServer().on("upgrade", ({ headers }, socket) => {
    const key = `${headers["sec-websocket-key"]}${GUID}`;
    const accept = createHash("sha1").update(key).digest("base64");
    socket.on("error", () => {});
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    sockets.push(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async send({ message, count }) {
      const frame = frameOf(message);
      const frames = Buffer.concat(Array.from({ length: count }, () => frame));
      const waits: Promise<unknown>[] = [];
      for (const socket of sockets) {
        if (!socket.write(frames)) waits.push(once(socket, "drain"));
      }
      await Promise.all(waits);
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
};

/** A binary message of 126 to 65,535 bytes. */
function frameOf(message: Uint8Array): Buffer {
  const frame = Buffer.alloc(4 + message.length);
  frame[0] = 0x82;
  frame[1] = 126;
  frame.writeUInt16BE(message.length, 2);
  frame.set(message, 4);
  return frame;
}

export const broadcast: Record<string, BroadcastWay> = { "tryWrite to each": toEach };
