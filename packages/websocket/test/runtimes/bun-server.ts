// Run by Bun: its own WebSocket server. Pings, sends 3 MB, and says how each connection ended and what it got.
import { createHash, type Hash } from "node:crypto";

interface Session {
  path: string;
  size: number;
  hash: Hash;
}

interface BunSocket {
  data: Session;
  ping(): void;
  sendBinary(data: Uint8Array): number;
  close(code: number, reason: string): void;
}

interface BunHost {
  serve(options: {
    port: number;
    hostname: string;
    fetch: (
      request: Request,
      server: { upgrade(request: Request, options: { data: Session }): boolean },
    ) => Response | undefined;
    websocket: {
      open: (socket: BunSocket) => void;
      message: (socket: BunSocket, data: Uint8Array) => void;
      close: (socket: BunSocket, code: number) => void;
    };
  }): { port: number };
}
const { Bun } = globalThis as unknown as { Bun: BunHost };

const { port } = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch(request, server) {
    const data = { path: new URL(request.url).pathname, size: 0, hash: createHash("sha256") };
    return server.upgrade(request, { data }) ? undefined : new Response("no", { status: 400 });
  },
  websocket: {
    open(socket) {
      socket.ping();
      if (socket.data.path === "/code") socket.close(4321, "out of tea");
      else socket.sendBinary(new Uint8Array(3_000_000).fill(120));
    },
    message(socket, data) {
      socket.ping();
      socket.data.size += data.byteLength;
      socket.data.hash.update(data);
    },
    close({ data }, code) {
      process.stdout.write(`${code} ${data.size} ${data.hash.digest("hex")}\n`);
    },
  },
});
process.stdout.write(`${port}\n`);
