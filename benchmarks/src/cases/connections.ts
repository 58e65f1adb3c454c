import { once } from "node:events";
import { connect as connectSocket, type Socket } from "node:net";
import { connect, type TcpConnection } from "@aw/tcp";
import { scaled, timed, type BenchCase, type MeasureOptions } from "../bench-case.ts";
import { withPeer } from "../peer.ts";

/** How many connections are opened at one time. */
const TOGETHER = 100;

/** What each of many idle connections holds: the growth of the process, by connection. */
function idle<T>(
  open: (port: number) => Promise<T>,
  close: (connection: T) => void,
): (options: MeasureOptions) => Promise<number> {
  return (options) =>
    withPeer("echo.mjs", async (port) => {
      const count = scaled(10_000, options, TOGETHER);
      const connections: T[] = [];
      // The first ones pay for what all share.
      const first = await open(port);
      await settle();
      const before = memory();
      while (connections.length < count) {
        const opening = Array.from({ length: TOGETHER }, () => open(port));
        connections.push(...(await Promise.all(opening)));
      }
      await settle();
      const each = (memory() - before) / connections.length;
      for (const connection of connections) close(connection);
      close(first);
      return each;
    });
}

async function settle(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    globalThis.gc?.();
  }
}

/** What the operating system has given us: handles outside the heap count too. */
function memory(): number {
  return process.memoryUsage.rss();
}

/** One that has been used: bytes went there and came back. */
async function oursUsed(port: number): Promise<TcpConnection> {
  const connection = await connect({ host: "127.0.0.1", port });
  const reader = connection.readable.getReader();
  await connection.writeAll("hello");
  await connection.flush();
  await reader.read();
  reader.releaseLock();
  return connection;
}

async function bareUsed(port: number): Promise<Socket> {
  const socket = connectSocket(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write("hello");
  await once(socket, "data");
  socket.pause();
  return socket;
}

export const idleMemory: BenchCase = {
  name: "tcp-idle-memory",
  unit: "B/op",
  subjects: {
    aw: idle(
      (port) => connect({ host: "127.0.0.1", port }),
      (connection) => connection.abort(),
    ),
    "net.Socket": idle(
      async (port) => {
        const socket = connectSocket(port, "127.0.0.1");
        await once(socket, "connect");
        return socket;
      },
      (socket) => socket.destroy(),
    ),
  },
};

export const idleUsedMemory: BenchCase = {
  name: "tcp-idle-memory-after-use",
  unit: "B/op",
  subjects: {
    aw: idle(oursUsed, (connection) => connection.abort()),
    "net.Socket": idle(bareUsed, (socket) => socket.destroy()),
  },
};

const MESSAGE = new Uint8Array(64).fill(65);
const ROUND_TRIPS = 20_000;

/** One write, flush and echo after the other: nanoseconds for each. */
function roundTrips<T>(
  open: (port: number) => Promise<T>,
  loop: (connection: T, count: number) => Promise<void>,
  close: (connection: T) => void,
): (options: MeasureOptions) => Promise<number> {
  return (options) =>
    withPeer("echo.mjs", async (port) => {
      const count = scaled(ROUND_TRIPS, options, 10);
      const connection = await open(port);
      await loop(connection, Math.ceil(count / 10));
      const milliseconds = await timed(() => loop(connection, count));
      close(connection);
      return (milliseconds * 1e6) / count;
    });
}

export const roundTrip: BenchCase = {
  name: "tcp-round-trip-64B",
  unit: "ns/op",
  subjects: {
    aw: roundTrips(
      async (port) => {
        const connection = await connect({ host: "127.0.0.1", port });
        return { connection, reader: connection.readable.getReader() };
      },
      async ({ connection, reader }, count) => {
        for (let index = 0; index < count; index++) {
          await connection.writeAll(MESSAGE);
          await connection.flush();
          for (let got = 0; got < MESSAGE.length;) got += (await reader.read()).value?.length ?? 0;
        }
      },
      ({ connection }) => connection.abort(),
    ),
    "net.Socket": roundTrips(
      async (port) => {
        const socket = connectSocket({ port, host: "127.0.0.1", noDelay: true });
        await once(socket, "connect");
        return socket;
      },
      async (socket, count) => {
        for (let index = 0; index < count; index++) {
          const answer = once(socket, "data");
          socket.write(MESSAGE);
          await answer;
        }
      },
      (socket) => socket.destroy(),
    ),
    "net.Socket, iterated": roundTrips(
      async (port) => {
        const socket = connectSocket({ port, host: "127.0.0.1", noDelay: true });
        await once(socket, "connect");
        return { socket, iterator: socket[Symbol.asyncIterator]() };
      },
      async ({ socket, iterator }, count) => {
        for (let index = 0; index < count; index++) {
          socket.write(MESSAGE);
          await iterator.next();
        }
      },
      ({ socket }) => socket.destroy(),
    ),
  },
};
