import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { resetSocket } from "@aw/node";

// A reset that libuv refuses would leave the descriptor, and no `close`: the process would not end.

const server = createServer({ allowHalfOpen: true });
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;

async function pair(): Promise<{ ours: Socket; ended: Promise<string> }> {
  const accepted = once(server, "connection") as Promise<[Socket]>;
  const ours = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  ours.on("error", () => {});
  await once(ours, "connect");
  const [peer] = await accepted;
  const ended = new Promise<string>((resolve) => {
    peer.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
    peer.on("end", () => {
      resolve("end");
      peer.destroy();
    });
    peer.resume();
  });
  return { ours, ended };
}

{
  const { ours, ended } = await pair();
  const closed = once(ours, "close");
  resetSocket(ours);
  await closed;
  assert.equal(await ended, "ECONNRESET");
}

for (const when of ["in the same turn", "a microtask later", "a turn later"]) {
  const { ours, ended } = await pair();
  const closed = once(ours, "close");
  ours.write("x");
  ours.end();
  if (when === "a microtask later") await Promise.resolve();
  if (when === "a turn later") await new Promise((resolve) => setImmediate(resolve));
  resetSocket(ours);
  await closed;
  assert.match(await ended, /^(?:end|ECONNRESET)$/, when);
}

server.close();
