import { connect as connectSocket, createServer, type AddressInfo, type Socket } from "node:net";
import { getEventListeners, once } from "node:events";
import { AsyncWriteError } from "@aw/core";
import { openResources, Random, SEED, settled } from "@aw/testing";
import { connect, listen, type WebSocketConnection, type WebSocketListener } from "@aw/websocket";
import { expect, it } from "vitest";
import { portOf, turn } from "./instruments.ts";
import { upgradeRequest } from "./raw-peer.ts";

/** How often each moment is tried. */
const ROUNDS = 100;

async function turns(count: number): Promise<void> {
  for (let index = 0; index < count; index++) await turn();
}

/** A network between the ends that cuts a connection off when it is told. */
async function network(
  target: number,
): Promise<{ port: number; cut: () => void; end: () => void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const upstream = connectSocket(target, "127.0.0.1");
    for (const each of [socket, upstream]) {
      sockets.add(each);
      each.on("error", () => {});
      each.on("close", () => {
        socket.destroy();
        upstream.destroy();
        sockets.delete(each);
      });
    }
    socket.pipe(upstream).pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = (): void => {
    for (const socket of sockets) {
      // While it shuts down, the system refuses a reset, and Node forgets the descriptor.
      if (socket.writableEnded) socket.destroy();
      else socket.resetAndDestroy();
    }
  };
  const end = (): void => {
    cut();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, cut, end };
}

/** A server that takes connections, and says nothing: whoever gives it up has to close. */
async function silent(): Promise<{ port: number; end: () => Promise<void> }> {
  const server = createServer((socket) => socket.on("error", () => {}).resume());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const end = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
  return { port: (server.address() as AddressInfo).port, end };
}

/**
 * A client that asks for an upgrade, and then neither answers nor ends: it is for the server to cut it off, which
 * the system says only to who goes on talking.
 */
async function stubborn(port: number): Promise<void> {
  const socket = connectSocket({ port, host: "127.0.0.1", allowHalfOpen: true });
  const gone = new Promise((resolve) => socket.on("error", () => {}).on("close", resolve));
  const talk = (): void => {
    if (socket.writable) socket.write("x", () => setTimeout(talk, 5));
  };
  socket.on("end", talk).resume().write(upgradeRequest());
  await gone;
}

/** Whatever happens, a failure is one of ours. */
async function ours(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!AsyncWriteError.is(error)) throw error;
  }
}

/** What one end does with a connection until it has enough of it, one way or another. */
async function use(connection: WebSocketConnection, random: Random): Promise<void> {
  const working: Promise<void>[] = [];
  const reading = random.pick(["all", "some", "cancel", "none"]);
  if (reading !== "none") {
    working.push(
      ours(async () => {
        let length = 0;
        for await (const chunk of connection.readable) {
          length += chunk.length;
          // Leaving the loop cancels.
          if (reading === "cancel" || (reading === "some" && length > 100_000)) break;
        }
      }),
    );
  }
  const controller = new AbortController();
  const { signal } = controller;
  for (let step = random.int(0, 6); step > 0; step--) {
    const bytes = new Uint8Array(random.int(0, 300_000));
    working.push(ours(() => connection.writeAll(bytes, random.chance(0.5) ? { signal } : {})));
    if (random.chance(0.5)) {
      working.push(ours(() => connection.flush(random.chance(0.5) ? { signal } : {})));
    }
    if (random.chance(0.5)) await turns(random.int(0, 8));
    if (random.chance(0.05)) controller.abort();
  }
  const end = random.pick(["close", "close", "close", "abort", "dispose", "drop", "signal"]);
  if (end === "close") {
    const closing = ours(() => connection.close());
    if (random.chance(0.5)) await closing;
    else working.push(closing);
  }
  if (end === "drop") connection.drop(4000, "enough");
  if (end === "dispose") await connection[Symbol.asyncDispose]();
  if (end === "signal") {
    working.push(ours(() => connection.close({ signal })));
    await turns(random.int(0, 8));
    controller.abort();
  }
  // Enough of what is still going on.
  await turns(random.int(0, 40));
  connection.abort();
  await Promise.all(working);
  expect(getEventListeners(signal, "abort")).toEqual([]);
  expect(["closed", "failed"]).toContain(connection.state);
}

async function serve(listener: WebSocketListener, seed: number): Promise<void> {
  const serving: Promise<void>[] = [];
  for await (const connection of listener) {
    serving.push(use(connection, new Random(seed + serving.length)));
  }
  await Promise.all(serving);
}

it.each([
  { halfClose: false, perMessageDeflate: false },
  { halfClose: true, perMessageDeflate: false },
  { halfClose: true, perMessageDeflate: true },
])(`leaves nothing, whatever ends at whatever moment: %j (AW_SEED=${SEED})`, async (options) => {
  const random = new Random(SEED);
  const before = openResources();
  for (let round = 0; round < ROUNDS; round++) {
    const listener = await listen({
      ...options,
      closeTimeout: 200,
      authorizeTimeout: 200,
      maxConnections: random.int(1, 4),
      maxWaiting: random.int(1, 4),
      authorize: async () => {
        await turns(random.int(0, 4));
        if (random.chance(0.1)) throw new Error("a bug in authorize");
        return random.pick([true, true, true, true, false, { status: 403 }, { accept: 1 }]);
      },
    });
    const { port, cut, end } = await network(portOf(listener));
    const serving = random.chance(0.9) ? serve(listener, SEED + round) : Promise.resolve();
    const nobody = await silent();
    const clients = Array.from({ length: random.int(1, 4) }, async (_, index) => {
      const mine = new Random(SEED + round * 100 + index);
      const controller = new AbortController();
      const { signal } = controller;
      const answers = mine.chance(0.8);
      if (!answers || mine.chance(0.2)) {
        void turns(mine.int(0, 12)).then(() => controller.abort());
      }
      await ours(async () => {
        const settings = { ...options, signal, closeTimeout: 200 };
        await use(await connect(`ws://127.0.0.1:${answers ? port : nobody.port}`, settings), mine);
      });
    });
    const staying = random.chance(0.2) ? stubborn(portOf(listener)) : undefined;
    if (random.chance(0.3)) void turns(random.int(0, 40)).then(cut);
    if (random.chance(0.5)) await Promise.all(clients);
    else await turns(random.int(0, 30));
    if (random.chance(0.5)) await listener.close({ deadline: random.int(0, 3) });
    else listener.abort();
    await Promise.all([serving, ...clients]);
    await listener.close();
    await Promise.all([nobody.end(), staying]);
    expect(listener.connections).toBe(0);
    end();
  }
  await settled(before);
});
