import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect as connectSocket, createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openResources, settled } from "@aw/testing";
import { connect, listen, type TcpConnection } from "@aw/tcp";
import { afterEach, describe, expect, it } from "vitest";
import { localPath } from "./system.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** A peer of plain Node sockets that does as `serve` says. */
async function rawServer(serve: (socket: Socket) => void, path?: string): Promise<AddressInfo> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, serve);
  server.listen(path === undefined ? { port: 0, host: "127.0.0.1" } : { path });
  await once(server, "listening");
  cleanups.push(() => server.close());
  return server.address() as AddressInfo;
}

/** Reads slowly, says `first` before and `later` with each chunk; resolves with what came, and how it ended. */
function slowReader(
  socket: Socket,
  { first = "", later = "" },
): Promise<{ bytes: number; end: string }> {
  return new Promise((resolve) => {
    let bytes = 0;
    if (first !== "") socket.write(first);
    socket.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (later !== "") socket.write(later);
      socket.pause();
      setImmediate(() => socket.resume());
    });
    socket.on("end", () => {
      resolve({ bytes, end: "end" });
      socket.end();
    });
    socket.on("error", (error: NodeJS.ErrnoException) =>
      resolve({ bytes, end: error.code ?? "error" }),
    );
    socket.resume();
  });
}

const SIZE = 3_000_000;

describe("after an awaited close", () => {
  it.each([
    ["says nothing", {}],
    ["has said something that nobody read", { first: "220 hello\r\n" }],
    ["still talks", { later: "250 ok\r\n" }],
  ])("leaving the block loses nothing while the peer %s", async (_name, talk) => {
    const before = openResources();
    const outcome = Promise.withResolvers<{ bytes: number; end: string }>();
    const { port } = await rawServer((socket) => outcome.resolve(slowReader(socket, talk)));
    {
      await using ours = await connect({ port, host: "127.0.0.1" });
      await ours.writeAll(new Uint8Array(SIZE));
      await ours.close();
    }
    expect(await outcome.promise).toEqual({ bytes: SIZE, end: "end" });
    await cleanups.pop()?.();
    await settled(before);
  });

  it("an abort, even of the listener, loses nothing of it, and the listener does not wait for it", async () => {
    await using listener = await listen();
    const { port } = listener.address as AddressInfo;
    const client = connectSocket({ port, host: "127.0.0.1", allowHalfOpen: true });
    client.write("question");
    const { value: ours } = (await listener[Symbol.asyncIterator]().next()) as {
      value: TcpConnection;
    };
    await ours.writeAll(new Uint8Array(SIZE));
    await ours.close();
    listener.abort();
    await listener.close();
    expect(listener.connections).toBe(0);
    expect(await slowReader(client, { later: "x" })).toEqual({ bytes: SIZE, end: "end" });
  });

  it.each([
    ["an abort", (ours: TcpConnection) => ours.abort("enough")],
    [
      "an abort of the engine, as layers do it,",
      (ours: TcpConnection) => ours.engine.abort("enough"),
    ],
  ])("%s tells the reader at once", async (_name, abort) => {
    const { port } = await rawServer((socket) => socket.resume().on("error", () => {}));
    const ours = await connect({ port, host: "127.0.0.1" }, { linger: 0 });
    const reading = new Response(ours.readable).text();
    await ours.close();
    abort(ours);
    const why = { code: "ERR_AW_ABORTED", cause: "enough" };
    await expect(reading).rejects.toMatchObject(why);
    expect(ours.state).toBe("closed");
  });

  it("a peer that never ends is waited for no longer than its silence", async () => {
    const before = openResources();
    const gone = Promise.withResolvers<void>();
    const { port } = await rawServer((socket) => {
      socket.on("error", () => {}).on("close", gone.resolve);
      // Only once the end came can a byte be answered with a reset.
      socket.resume().on("end", () => {
        const more = setInterval(() => socket.write("x"), 100);
        socket.on("close", () => clearInterval(more));
      });
    });
    const ours = await connect({ port, host: "127.0.0.1" }, { linger: 20 });
    await ours.close();
    ours.abort();
    await gone.promise;
    await cleanups.pop()?.();
    await settled(before);
  });

  it("a peer that never stops is waited for six times as long", async () => {
    const gone = Promise.withResolvers<void>();
    const { port } = await rawServer((socket) => {
      const pour = (): void => {
        while (socket.writable && socket.write(Buffer.alloc(65_536)));
      };
      socket
        .on("error", () => {})
        .on("close", gone.resolve)
        .on("drain", pour);
      pour();
    });
    const ours = await connect({ port, host: "127.0.0.1" }, { linger: 10 });
    await ours.close();
    ours.abort();
    await gone.promise;
  });

  it("a reader that cancels lets go of the connection, too", async () => {
    const before = openResources();
    const { port } = await rawServer((socket) => void slowReader(socket, { later: "x" }));
    const ours = await connect({ port, host: "127.0.0.1" });
    await ours.readable.cancel();
    await ours.close();
    await cleanups.pop()?.();
    await settled(before);
  });

  it.each([-1, NaN, Infinity, "5"])("linger: %s is refused", async (linger) => {
    await expect(connect({ port: 1 }, { linger: linger as number })).rejects.toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
    });
  });
});

describe.each(["tcp", "unix"])("an abort while close ends the direction, %s", (transport) => {
  it.each(["in the same turn", "a microtask later", "a turn later"])("%s", async (when) => {
    const folder = await mkdtemp(join(tmpdir(), "aw-release-"));
    cleanups.push(() => rm(folder, { recursive: true }));
    const before = openResources();
    const path = transport === "unix" ? localPath(folder, "socket") : undefined;
    const peers = new Set<Socket>();
    const address = await rawServer((socket) => {
      peers.add(socket.on("error", () => {}).resume());
    }, path);
    for (let round = 0; round < 20; round++) {
      const ours = await connect(
        path === undefined ? { port: address.port, host: "127.0.0.1" } : { path },
        { linger: 0 },
      );
      await ours.writeAll("x");
      const closing = ours.close().catch(() => {});
      if (when === "a microtask later") await Promise.resolve();
      if (when === "a turn later") await new Promise((resolve) => setImmediate(resolve));
      ours.abort();
      await closing;
    }
    for (const peer of peers) peer.destroy();
    await cleanups.pop()?.();
    await settled(before);
  });
});

it.each(["abort", "idleTimeout"])(
  "the reader hears why, with a write under way: %s",
  async (how) => {
    const { port } = await rawServer((socket) => socket.on("error", () => {}));
    const idle = how === "idleTimeout" ? { idleTimeout: 200 } : {};
    const ours = await connect({ port, host: "127.0.0.1" }, idle);
    const code = how === "abort" ? "ERR_AW_ABORTED" : "ERR_AW_TIMEOUT";
    const reading = expect(new Response(ours.readable).text()).rejects.toMatchObject({ code });
    const writing = expect(ours.writeAll(new Uint8Array(20_000_000))).rejects.toMatchObject({
      code,
    });
    if (how === "abort") setImmediate(() => ours.abort());
    await Promise.all([reading, writing]);
  },
);

it("a connection too many on a Unix-domain socket is refused, and the listener goes on", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aw-release-"));
  cleanups.push(() => rm(folder, { recursive: true }));
  const path = localPath(folder, "socket");
  const refused = Promise.withResolvers<Error>();
  await using listener = await listen({ path, maxConnections: 1, onRefused: refused.resolve });
  const first = await connect({ path });
  const second = await connect({ path });
  expect(await refused.promise).toMatchObject({ code: "ERR_AW_LIMIT" });
  expect(listener.connections).toBe(1);
  first.abort();
  second.abort();
});

it("a cancelled reader takes a bounded amount, and then holds the peer back", async () => {
  const taken = Promise.withResolvers<number>();
  const { port } = await rawServer((socket) => {
    let sent = 0;
    let full = 0;
    const pour = (): void => {
      while (socket.writable && socket.writableLength < 1_000_000) {
        socket.write(Buffer.alloc(65_536));
        sent += 65_536;
        full = 0;
      }
      if (sent > 100_000_000 || ++full > 2000) taken.resolve(sent);
      else setImmediate(pour);
    };
    socket.on("error", () => {});
    pour();
  });
  const ours = await connect({ port, host: "127.0.0.1" });
  await ours.readable.cancel();
  expect(await taken.promise).toBeLessThan(50_000_000);
  ours.abort();
});
