import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { connect as connectSocket, type AddressInfo } from "node:net";
import { queryObjects } from "node:v8";
import { AsyncWriteError } from "@aw/core";
import { connect, listen, TcpConnection } from "@aw/tcp";
import { openResources, settled } from "@aw/testing";
import { expect, it } from "vitest";
import { hasLimits, isLinux } from "./system.ts";

/** How many descriptors are open, where the system says so. */
const descriptors = (): number => (isLinux ? readdirSync("/proc/self/fd").length : 0);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** How many connections there are in memory; counting collects garbage first. */
const living = (): number => queryObjects(TcpConnection, { format: "count" });

async function echoing(): Promise<{ port: number; stop: () => Promise<void> }> {
  const listener = await listen();
  const serving = (async () => {
    for await (const connection of listener) {
      void (async () => {
        for await (const chunk of connection.readable) await connection.writeAll(chunk);
        await connection.close();
      })().catch(() => connection.abort());
    }
  })();
  const stop = async (): Promise<void> => {
    await listener.close();
    await serving;
  };
  return { port: (listener.address as AddressInfo).port, stop };
}

it("5,000 connections opened, used and closed leave no handle, timer, descriptor or memory", async () => {
  const before = openResources();
  const { port, stop } = await echoing();
  const use = async (index: number): Promise<void> => {
    const ours = await connect(
      { port, host: "127.0.0.1" },
      { timeout: 10_000, idleTimeout: 10_000 },
    );
    await ours.writeAll(`connection ${index}`);
    await ours.close();
    expect(await new Response(ours.readable).text()).toBe(`connection ${index}`);
  };
  const together = 50;
  const useMany = async (from: number, to: number): Promise<void> => {
    for (let done = from; done < to; done += together) {
      await Promise.all(Array.from({ length: together }, (_, index) => use(done + index)));
    }
  };
  // The first ones warm up caches and pools, which stay.
  await useMany(0, 2500);
  const fds = descriptors();
  living();
  const heap = process.memoryUsage().heapUsed;
  await useMany(2500, 5000);
  await stop();
  await settled(before);
  expect(descriptors()).toBeLessThanOrEqual(fds);
  expect(living()).toBe(0);
  // No more than caches of the runtime that still grow.
  expect(process.memoryUsage().heapUsed - heap).toBeLessThan(2500 * 200);
}, 60_000);

it("an abort at any of 100 random points leaves nothing open", async () => {
  const seed = Number(process.env["AW_SEED"] ?? Date.now() % 1_000_000);
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const { port, stop } = await echoing();
  const idle = openResources();
  const chunk = new Uint8Array(100_000);
  for (let round = 0; round < 100; round++) {
    const controller = new AbortController();
    const { signal } = controller;
    const chunks = random(50);
    let writer: TcpConnection | undefined;
    const outcome = (async () => {
      writer = await connect({ port, host: "127.0.0.1" }, { signal });
      void new Response(writer.readable).bytes().catch(() => {});
      for (;;) {
        for (let sent = 0; sent < chunks; sent++) await writer.writeAll(chunk, { signal });
        await writer.flush({ signal });
      }
    })().catch((error: unknown) => error);
    for (let turns = random(20); turns > 0; turns--) await turn();
    // Either stops what is under way. The signal leaves the connection to its owner.
    if (round % 2 === 0 || writer === undefined) controller.abort(round);
    else writer.abort(round);
    const error = await outcome;
    expect(error, `round ${round}, AW_SEED=${seed}`).toBeInstanceOf(AsyncWriteError);
    expect(error, `round ${round}, AW_SEED=${seed}`).toMatchObject({
      code: "ERR_AW_ABORTED",
      cause: round,
    });
    writer?.abort();
    await settled(idle);
  }
  await stop();
}, 30_000);

it.runIf(hasLimits)(
  "accepting goes on after the descriptors ran out",
  async () => {
    // In a process of its own, whose limit is low.
    const program = `
    import { listen } from "@aw/tcp";
    const listener = await listen();
    console.log(listener.address.port);
    for await (const connection of listener) {
      connection.writeAll("hello").then(() => connection.flush()).catch(() => {});
      new Response(connection.readable).text().then(() => connection.close()).catch(() => {});
    }`;
    const node = [process.execPath, "--conditions=@aw/source", "--input-type=module", "--eval"];
    const child = spawn("sh", ["-c", 'ulimit -n 64; exec "$@"', "sh", ...node, program], {
      cwd: import.meta.dirname,
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const lines = child.stdout.setEncoding("utf8").iterator({ destroyOnReturn: false });
      const port = Number((await lines.next()).value);
      const flood = Array.from({ length: 100 }, () => connectSocket(port, "127.0.0.1"));
      // Each gets its greeting, or is cut off: there are more of them than descriptors.
      const greeted = await Promise.all(
        flood.map((socket) => {
          socket.on("error", () => {});
          return new Promise<boolean>((resolve) => {
            socket.once("data", () => resolve(true)).once("close", () => resolve(false));
          });
        }),
      );
      expect(new Set(greeted)).toEqual(new Set([true, false]));
      for (const socket of flood) socket.destroy();
      // The other process closes in its own time: until then, new ones may still be cut off.
      for (let greeting = ""; greeting !== "hello";) {
        const later = await connect({ port, host: "127.0.0.1" });
        const { value } = await later.readable
          .getReader()
          .read()
          .catch(() => ({ value: undefined }));
        greeting = Buffer.from(value ?? []).toString();
        later.abort();
      }
    } finally {
      child.kill("SIGKILL");
    }
  },
  30_000,
);

it("an idle connection fails by its idle timeout, and says so to writer and reader", async () => {
  const listener = await listen({ idleTimeout: 20 });
  const { port } = listener.address as AddressInfo;
  const ours = await connect({ port, host: "127.0.0.1" });
  const { value: peer } = (await listener[Symbol.asyncIterator]().next()) as {
    value: TcpConnection;
  };
  await expect(new Response(peer.readable).text()).rejects.toMatchObject({
    code: "ERR_AW_TIMEOUT",
  });
  await expect(peer.writeAll("x")).rejects.toMatchObject({ code: "ERR_AW_TIMEOUT" });
  ours.abort();
  listener.abort();
});

it("an idle timeout is what the reader hears of, too, when its own direction was closed before", async () => {
  await using listener = await listen({ idleTimeout: 200 });
  const { port } = listener.address as AddressInfo;
  const ours = await connect({ port, host: "127.0.0.1" });
  const { value: peer } = (await listener[Symbol.asyncIterator]().next()) as {
    value: TcpConnection;
  };
  await peer.close();
  await expect(new Response(peer.readable).text()).rejects.toMatchObject({
    code: "ERR_AW_TIMEOUT",
  });
  ours.abort();
});

it("says which connection was refused, and why", async () => {
  const refused: AsyncWriteError[] = [];
  await using listener = await listen({
    maxConnections: 1,
    onRefused: (error) => refused.push(error),
  });
  const { port } = listener.address as AddressInfo;
  const first = await connect({ port, host: "127.0.0.1" });
  const second = connectSocket(port, "127.0.0.1");
  await new Promise((resolve) => second.on("error", () => {}).on("close", resolve));
  expect(refused[0]).toMatchObject({
    code: "ERR_AW_LIMIT",
    message: expect.stringMatching(/refused tcp 127\.0\.0\.1:\d+: 1 connections are open/),
  });
  first.abort();
});
