import { once } from "node:events";
import { connect as connectPlain, createServer, type AddressInfo, type Socket } from "node:net";
import { SocketConnection, SocketDestination } from "@aw/node";
import { afterEach, expect, it } from "vitest";
import { tookAllAtOnce } from "../src/took-all-at-once.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function pair(): Promise<{ ours: SocketConnection; socket: Socket; peer: Socket }> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const accepted = once(server, "connection");
  const { port } = server.address() as AddressInfo;
  const socket = connectPlain({ port, allowHalfOpen: true });
  await once(socket, "connect");
  const [peer] = (await accepted) as [Socket];
  server.close();
  peer.on("error", () => {});
  const ours = new SocketConnection(new SocketDestination(socket, { name: "test" }), socket);
  cleanups.push(() => {
    ours.abort();
    peer.destroy();
  });
  return { ours, socket, peer };
}

it("what the kernel takes at once is flushed at once", async () => {
  const { ours, socket } = await pair();
  await ours.writeAll("ping");
  expect(ours.pollFlush({ wake() {} })).toBeUndefined();
  expect([socket.bytesWritten, tookAllAtOnce(socket)]).toEqual([4, true]);
});

it.each([10_000, 100_000])(
  "what the kernel does not take is flushed when the peer has made room: %d bytes at a time",
  async (size) => {
    const { ours, socket, peer } = await pair();
    const chunk = new Uint8Array(size).fill(7);
    let sent = 0;
    while (tookAllAtOnce(socket)) {
      await ours.writeAll(chunk);
      sent += chunk.length;
      void ours.pollFlush({ wake() {} });
    }
    let flushed = false;
    const flushing = ours.flush().then(() => (flushed = true));
    for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
    expect(flushed).toBe(false);
    const reading = peer.toArray();
    await flushing;
    expect(socket.writableLength).toBe(0);
    await ours.close();
    const got = Buffer.concat((await reading) as Buffer[]);
    expect([got.length, got.every((byte) => byte === 7)]).toEqual([sent, true]);
  },
);

it("a socket that can't be written to any more has taken nothing", async () => {
  const { ours, socket } = await pair();
  await ours.close();
  expect([socket.writableLength, tookAllAtOnce(socket)]).toEqual([0, false]);
});
