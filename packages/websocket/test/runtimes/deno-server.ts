// Run by Deno: its own WebSocket server. Sends 3 MB, and says how each connection ended and what it got.
import { createHash } from "node:crypto";

interface DenoHost {
  serve(
    options: { port: number; hostname: string; onListen: (address: { port: number }) => unknown },
    handler: (request: Request) => Response,
  ): unknown;
  upgradeWebSocket(request: Request): { socket: WebSocket; response: Response };
}
const { Deno } = globalThis as unknown as { Deno: DenoHost };

const onListen = ({ port }: { port: number }) => process.stdout.write(`${port}\n`);
Deno.serve({ port: 0, hostname: "127.0.0.1", onListen }, (request) => {
  const { socket, response } = Deno.upgradeWebSocket(request);
  socket.binaryType = "arraybuffer";
  let size = 0;
  const hash = createHash("sha256");
  socket.addEventListener("open", () => {
    if (new URL(request.url).pathname === "/code") socket.close(4321, "out of tea");
    else socket.send(new Uint8Array(3_000_000).fill(120));
  });
  socket.addEventListener("message", ({ data }) => {
    size += (data as ArrayBuffer).byteLength;
    hash.update(new Uint8Array(data as ArrayBuffer));
  });
  socket.addEventListener("close", ({ code }) =>
    process.stdout.write(`${code} ${size} ${hash.digest("hex")}\n`),
  );
  return response;
});
