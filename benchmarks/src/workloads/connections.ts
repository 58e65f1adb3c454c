import { setImmediate } from "node:timers/promises";
import { openReceiver, startProgram } from "../receiver.ts";
import type { Task } from "../task.ts";
import type { Workload } from "../workload.ts";
import type { IdleWay, SocketTarget, StalledWay } from "../ways.ts";

const IDLE = 10_000;
const STALLED = 1000;
/** For so many of those that are measured, one is opened before. */
const PER_WARM_UP = 5;
/** How many are opened at one time. */
const TOGETHER = 100;

const MESSAGE: Uint8Array = new TextEncoder().encode("hello");

/** What each stalled connection is offered, in chunks. More than a socket of the kernel takes. */
const OFFERED: number = 1 << 20;
const CHUNK: number = 64 << 10;

/**
 * How the process grows with each of `count` connections once `use` was done with them, in bytes.
 *
 * Others are opened and used before, and stay open: the code that V8 compiles and the young generation that it
 * grows while they connect are the same for ten connections as for ten thousand. They stay open because memory that
 * they gave back would be used again, and not counted.
 */
async function growth<T>(
  count: number,
  connect: () => Promise<T>,
  use: (connections: readonly T[]) => void,
  close: (connection: T) => void,
): Promise<number> {
  const before = await opened(Math.ceil(count / PER_WARM_UP), connect);
  use(before);
  await settle();
  const least = process.memoryUsage.rss();
  const connections = await opened(count, connect);
  use(connections);
  await settle();
  const each = (process.memoryUsage.rss() - least) / connections.length;
  for (const connection of [...before, ...connections]) close(connection);
  return each;
}

/** At least `count` connections. */
async function opened<T>(count: number, connect: () => Promise<T>): Promise<T[]> {
  const connections: T[] = [];
  while (connections.length < count) {
    connections.push(...(await Promise.all(Array.from({ length: TOGETHER }, connect))));
  }
  return connections;
}

/** Leaves what is held, and nothing else: the last resort also gives the memory of the young generation back. */
async function settle(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    await setImmediate();
    globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
  }
}

function idling(used: boolean): Workload<IdleWay> {
  return {
    metrics: () => [{ unit: "B" }],
    open: () => openReceiver("echo"),
    async measure(way, { target, budget }: Task) {
      const connect = async () => {
        const connection = await way(target as SocketTarget);
        if (used) await connection.use(MESSAGE);
        return connection;
      };
      const count = budget === 0 ? 1 : IDLE;
      return [
        await growth(
          count,
          connect,
          () => {},
          (connection) => connection.close(),
        ),
      ];
    },
  };
}

export const idle: Workload<IdleWay> = idling(false);
export const idleUsed: Workload<IdleWay> = idling(true);

/** Over Unix-domain sockets, because the kernel takes little for each of them. */
export const stalled: Workload<StalledWay> = {
  metrics: () => [{ unit: "B" }],
  async open() {
    const { printed, stop } = await startProgram("stall");
    return { target: { path: printed }, close: stop };
  },
  async measure(way, { target, budget }) {
    const offer = (connections: readonly { offer(chunk: Uint8Array): void }[]): void => {
      for (let offered = 0; offered < OFFERED; offered += CHUNK) {
        // New ones: what a connection keeps of them counts.
        for (const connection of connections) connection.offer(new Uint8Array(CHUNK).fill(65));
      }
    };
    const connect = () => way(target as { path: string });
    const count = budget === 0 ? 1 : STALLED;
    return [await growth(count, connect, offer, (connection) => connection.close())];
  },
};
