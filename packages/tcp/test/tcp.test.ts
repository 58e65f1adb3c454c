import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AsyncWriteError, buffered, PENDING, type Connection, type Waker } from "@aw/core";
import type { ConnectionListener } from "@aw/node";
import { connect, listen, type ConnectOptions, type TcpConnection } from "@aw/tcp";
import { openResources, settled, readToEnd } from "@aw/testing";
import { afterEach, describe, expect, it } from "vitest";
import { localPath } from "./system.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

const NOOP: Waker = { wake() {} };

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A peer made of plain Node sockets: ours must get along with others. */
async function rawServer(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    onSocket(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** Our connection to a raw peer, and the peer's socket. */
async function pair(options?: ConnectOptions): Promise<{ ours: TcpConnection; peer: Socket }> {
  let accept = (_socket: Socket): void => {};
  const accepted = new Promise<Socket>((resolve) => {
    accept = resolve;
  });
  const port = await rawServer((socket) => accept(socket));
  const ours = await connect({ host: "127.0.0.1", port }, options);
  cleanups.push(() => ours.abort());
  return { ours, peer: await accepted };
}

async function received(socket: Socket): Promise<string> {
  return String(await readToEnd(socket));
}

/** Writes into a peer that does not read until nothing more is taken. */
async function stall(writer: TcpConnection, chunk: Uint8Array): Promise<number> {
  let total = 0;
  // The kernel moves bytes between its two buffers for a while: full is full many turns later.
  for (let full = 0; full < 200; full++) {
    const n = writer.pollWrite(NOOP, chunk);
    if (n === PENDING) {
      await turn();
    } else {
      total += n;
      full = 0;
    }
  }
  return total;
}

describe("a peer that floods", () => {
  it.each(["is not read at all", "is read once"])("has to wait, if it %s", async (how) => {
    await using listener = await listen();
    const client = await connect({ port: listener.port });
    const flood = client.writeAll(new Uint8Array(64 << 20)).catch(() => {});
    const { value } = await listener[Symbol.asyncIterator]().next();
    const connection = value as TcpConnection;
    if (how === "is read once") await connection.reader.read();
    const { socket } = connection as unknown as { socket: Socket };
    for (let last = -1, same = 0; same < 100; last = socket.bytesRead) {
      same = socket.bytesRead === last ? same + 1 : 0;
      await turn();
    }
    expect(socket.bytesRead).toBeLessThan(300 * 1024);
    connection.abort();
    await flood;
  });
});

describe("listener.port", () => {
  it("is the one that the system chose", async () => {
    await using listener = await listen();
    expect(listener.port).toBe((listener.address as AddressInfo).port);
  });

  it("is refused in words on a Unix-domain socket", async () => {
    const folder = await mkdtemp(join(tmpdir(), "aw-port-"));
    cleanups.push(() => rm(folder, { recursive: true }));
    await using listener = await listen({ path: localPath(folder, "s") });
    expect(() => listener.port).toThrow(
      expect.objectContaining({
        code: "ERR_AW_INVALID_ARGUMENT",
        message: expect.stringContaining("has no port") as string,
      }),
    );
  });
});

describe("writing", () => {
  it("delivers small and large writes in order, then FIN", async () => {
    const { ours, peer } = await pair();
    const text = received(peer);
    await ours.writeAll("hello ");
    await ours.writeAllVectored([Buffer.from("wide "), Buffer.from("world ")]);
    await ours.writeAll("x".repeat(1_000_000));
    await ours.close();
    expect(await text).toBe(`hello wide world ${"x".repeat(1_000_000)}`);
    expect(ours.state).toBe("closed");
  });

  it("flush resolves when the kernel has it, so that the peer gets it", async () => {
    const { ours, peer } = await pair();
    await ours.writeAll("ping");
    await ours.flush();
    peer.resume();
    const [data] = (await once(peer, "data")) as [Buffer];
    expect(data.toString()).toBe("ping");
  });

  it("is flushed at once while the kernel has room", async () => {
    const { ours, peer } = await pair();
    await ours.writeAll("ping");
    expect(ours.pollFlush({ wake() {} })).toBe(undefined);
    await ours.close();
    expect(await received(peer)).toBe("ping");
  });

  it("sends a large buffer from where it is, and gives it back when the kernel has it all", async () => {
    const { ours, peer } = await pair();
    const data = randomBytes(32 << 20);
    const expected = createHash("sha256").update(data).digest("hex");
    let resolved = false;
    const all = ours.writeAll(data).then(() => {
      resolved = true;
    });
    for (let index = 0; index < 10; index++) await new Promise((resolve) => setImmediate(resolve));
    expect(resolved).toBe(false);
    const hash = createHash("sha256");
    peer.on("data", (chunk: Buffer) => hash.update(chunk)).resume();
    await all;
    // Ours again: nothing of this may get to the peer.
    data.fill(0);
    await ours.close();
    await once(peer, "end");
    expect(hash.digest("hex")).toBe(expected);
  });

  it("works below buffered, and says what it is", async () => {
    const { ours, peer } = await pair();
    const out = buffered(ours);
    expect(String(out)).toBe(`buffered(64 KiB) > tcp 127.0.0.1:${peer.localPort}`);
    const text = received(peer);
    for (let index = 0; index < 1000; index++) await out.writeAll(`line ${index}\n`);
    await out.close();
    expect((await text).split("\n")).toHaveLength(1001);
  });

  it("accepts only what kernel and slabs hold while the peer does not read, then completes", async () => {
    const { ours, peer } = await pair();
    const chunk = randomBytes(16 << 20);
    const chunks = 64;
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    let accepted = 0;
    const writing = (async () => {
      for (let index = 0; index < chunks; index++) {
        await ours.writeAll(chunk);
        accepted += chunk.length;
      }
      await ours.close();
    })();
    for (let turns = 0; turns < 2000; turns++) await turn();
    expect(accepted).toBeLessThan(16 << 20);
    expect(ours.tryWrite(Buffer.from("x"))).toBe(0);
    expect(process.memoryUsage().rss - before).toBeLessThan(16 << 20);

    const hash = createHash("sha256");
    for await (const data of peer) hash.update(data as Buffer);
    await writing;
    const expected = createHash("sha256");
    for (let index = 0; index < chunks; index++) expected.update(chunk);
    expect(hash.digest("hex")).toBe(expected.digest("hex"));
  });
});

describe("half-close", () => {
  it("after our close the peer can still answer", async () => {
    const { ours, peer } = await pair();
    await ours.writeAll("question");
    await ours.close();
    expect(await received(peer)).toBe("question");
    peer.end("answer");
    expect(await new Response(ours.readable).text()).toBe("answer");
  });

  it("after the peer's close we can still write", async () => {
    const { ours, peer } = await pair();
    peer.end("all I have");
    expect(await new Response(ours.readable).text()).toBe("all I have");
    const text = received(peer);
    await ours.writeAll("and I");
    await ours.close();
    expect(await text).toBe("and I");
  });
});

describe("reading", () => {
  it("stops the peer while nobody reads", async () => {
    const { ours, peer } = await pair();
    const { readable } = ours;
    let sent = 0;
    for (let full = 0; full < 200; full++) {
      if (peer.writableLength < 1 << 20) {
        peer.write(Buffer.alloc(1 << 20));
        sent += 1 << 20;
        full = 0;
      }
      await turn();
    }
    peer.end();
    let got = 0;
    for await (const chunk of readable) got += chunk.length;
    expect(got).toBe(sent);
    expect(sent).toBeLessThan(32 << 20);
  });

  it("reports a reset as an error, not as the end", async () => {
    const { ours, peer } = await pair();
    const reading = new Response(ours.readable).text();
    peer.resetAndDestroy();
    await expect(reading).rejects.toMatchObject({ code: "ERR_AW_CONNECTION_RESET" });
  });
});

describe("failing", () => {
  it("a reset wakes a pending write and is thrown at every later poll", async () => {
    const { ours, peer } = await pair();
    await stall(ours, randomBytes(1 << 20));
    const pending = ours.writeAll("more").catch((error: unknown) => error);
    peer.resetAndDestroy();
    const failure = await pending;
    expect(failure).toMatchObject({ code: "ERR_AW_CONNECTION_RESET", bytesWritten: 0 });
    const again = await ours.flush().catch((error: unknown) => error);
    expect(again).toMatchObject({ code: "ERR_AW_CONNECTION_RESET" });
    expect(await ours.close().catch((error: unknown) => error)).toBe(again);
  });

  it("abort resets: the peer sees an error, not an end", async () => {
    const { ours, peer } = await pair();
    await ours.writeAll("half a message");
    await ours.flush();
    const reading = new Response(ours.readable).text().catch((error: unknown) => error);
    const seen = received(peer);
    // Sockets of Node 22 take a reset that comes together with data for an end.
    await once(peer, "data");
    ours.abort("changed my mind");
    await expect(seen).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(await reading).toMatchObject({
      code: "ERR_AW_ABORTED",
      cause: "changed my mind",
    });
    await expect(ours.writeAll("x")).rejects.toMatchObject({
      code: "ERR_AW_ABORTED",
      cause: "changed my mind",
    });
  });

  it("an idle timeout resets as well: the peer must not take what it has for all", async () => {
    let accept = (_socket: Socket): void => {};
    const accepted = new Promise<Socket>((resolve) => {
      accept = resolve;
    });
    const port = await rawServer((socket) => accept(socket));
    const ours = await connect({ host: "127.0.0.1", port }, { idleTimeout: 20 });
    const text = received(await accepted);
    await ours.writeAll("half a message");
    await ours.flush();
    await expect(text).rejects.toMatchObject({ code: "ECONNRESET" });
    await expect(ours.flush()).rejects.toMatchObject({ code: "ERR_AW_TIMEOUT" });
  });

  it("leaving an `await using` block releases both directions, also after close", async () => {
    const { ours, peer } = await pair({ linger: 10 });
    {
      await using connection = ours;
      await connection.writeAll("request");
      await connection.close();
    }
    await once(peer.resume(), "end");
    // A peer that still has this end keeps taking; one that is gone refuses.
    while (!peer.destroyed) {
      peer.write("an answer nobody wants");
      await turn();
    }
  });
});

describe("what is read after an `await using` block that closed", () => {
  it("fails with the reason, whoever asks when", async () => {
    const { ours } = await pair({ linger: 10 });
    {
      await using connection = ours;
      await connection.close();
    }
    const failed = await ours.reader.read().catch((error: unknown) => error);
    expect(failed).toMatchObject({
      code: "ERR_AW_ABORTED",
      cause: { message: "the `await using` block ended after close()" },
    });
    expect(await ours.reader.readAll().catch((error: unknown) => error)).toBe(failed);
  });

  it("fails for an operation that waits", async () => {
    const { ours } = await pair({ linger: 10 });
    const read = ours.reader.read();
    const refused = expect(read).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
    await ours.close();
    await ours[Symbol.asyncDispose]();
    await refused;
  });
});

describe("connecting", () => {
  async function freePort(): Promise<number> {
    await using listener = await listen();
    return (listener.address as AddressInfo).port;
  }

  it("is refused with a message that says what to do", async () => {
    const port = await freePort();
    const error = await connect({ host: "127.0.0.1", port }).catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: "ERR_AW_CONNECT",
      message: `connect tcp 127.0.0.1:${port}: refused; is the server running?`,
      cause: { code: "ECONNREFUSED" },
    });
  });

  it("tells a name that does not resolve", async () => {
    const error = await connect({ host: "no-such-host.invalid", port: 1 }).catch((e: unknown) => e);
    expect(AsyncWriteError.is(error)).toBe(true);
    expect(error).toMatchObject({ code: "ERR_AW_CONNECT" });
  });

  it("tells a missing Unix-domain socket", async () => {
    await expect(connect({ path: "/nonexistent/socket" })).rejects.toMatchObject({
      code: "ERR_AW_CONNECT",
      cause: { code: "ENOENT" },
    });
  });

  it("is aborted by its signal, before and during", async () => {
    const port = await rawServer(() => {});
    await expect(
      connect({ host: "127.0.0.1", port }, { signal: AbortSignal.abort("no") }),
    ).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "no" });
    const controller = new AbortController();
    const connecting = connect({ host: "127.0.0.1", port }, { signal: controller.signal });
    controller.abort("changed my mind");
    await expect(connecting).rejects.toMatchObject({
      code: "ERR_AW_ABORTED",
      name: "AbortError",
      cause: "changed my mind",
    });
  });

  it("refuses what is no port or timeout at once", async () => {
    const error = { code: "ERR_AW_INVALID_ARGUMENT" };
    await expect(connect({ port: 70_000 })).rejects.toMatchObject(error);
    await expect(connect({ port: 1 }, { timeout: 0 })).rejects.toMatchObject(error);
    await expect(listen({ port: -1 })).rejects.toMatchObject(error);
    await expect(listen({ maxConnections: 0 })).rejects.toMatchObject(error);
  });
});

describe("listening", () => {
  it("is by type what a function for any connections takes", async () => {
    const portOf = (listener: ConnectionListener<Connection>): number => listener.port;
    await using listener = await listen();
    expect(portOf(listener)).toBe(listener.port);
  });

  it("gives connections that talk to ours, over TCP and Unix-domain sockets", async () => {
    const folder = await mkdtemp(join(tmpdir(), "aw-tcp-"));
    cleanups.push(() => rm(folder, { recursive: true }));
    for (const where of [{}, { path: localPath(folder, "socket") }]) {
      const listener = await listen(where);
      const { address } = listener;
      const client = await connect(
        typeof address === "string" ? { path: address } : { host: "127.0.0.1", port: address.port },
      );
      await client.writeAll("question");
      await client.close();
      for await (const connection of listener) {
        await connection.writeAll(`${await new Response(connection.readable).text()}?`);
        await connection.close();
        break;
      }
      expect(await new Response(client.readable).text()).toBe("question?");
      await listener.close();
      expect(listener.connections).toBe(0);
    }
  });

  it("says that an address is in use", async () => {
    await using listener = await listen();
    const { port } = listener.address as AddressInfo;
    const error = await listen({ port }).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "ERR_AW_CONNECT", cause: { code: "EADDRINUSE" } });
  });

  it("refuses more connections than maxConnections with a reset, and counts them", async () => {
    await using listener = await listen({ maxConnections: 1 });
    const { port } = listener.address as AddressInfo;
    const first = await connect({ host: "127.0.0.1", port });
    const second = await connect({ host: "127.0.0.1", port })
      .then(({ readable }) => new Response(readable).text())
      .catch((error: unknown) => error);
    // The reset comes while it connects, or after.
    expect(second).toMatchObject({ code: expect.stringMatching(/CONNECT|CONNECTION_RESET/) });
    expect(listener.refused).toBe(1);
    expect(listener.connections).toBe(1);
    first.abort();
  });

  it("a signal that fires while it begins to listen leaves nothing open", async () => {
    const before = openResources();
    const controller = new AbortController();
    const listening = listen({ signal: controller.signal });
    controller.abort("changed my mind");
    await expect(listening).rejects.toMatchObject({
      code: "ERR_AW_ABORTED",
      cause: "changed my mind",
    });
    await settled(before);
  });

  it("close refuses an impossible deadline, and goes on", async () => {
    await using listener = await listen();
    const { port } = listener.address as AddressInfo;
    await expect(listener.close({ deadline: Number.NaN })).rejects.toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
    });
    (await connect({ host: "127.0.0.1", port })).abort();
  });

  it("close waits for the connections that are open", async () => {
    const listener = await listen();
    const { port } = listener.address as AddressInfo;
    const client = await connect({ host: "127.0.0.1", port });
    const iterator = listener[Symbol.asyncIterator]();
    const { value: connection } = (await iterator.next()) as { value: TcpConnection };
    let closed = false;
    const closing = listener.close().then(() => {
      closed = true;
    });
    expect((await iterator.next()).done).toBe(true);
    await turn();
    expect(closed).toBe(false);
    await connection.writeAll("last words");
    await connection.close();
    await client.close();
    expect(await new Response(client.readable).text()).toBe("last words");
    await new Response(connection.readable).text();
    await closing;
  });

  it("close aborts what is still open at its deadline", async () => {
    const listener = await listen();
    const { port } = listener.address as AddressInfo;
    const client = await connect({ host: "127.0.0.1", port });
    const { value: connection } = (await listener[Symbol.asyncIterator]().next()) as {
      value: TcpConnection;
    };
    await listener.close({ deadline: 1 });
    expect(connection.state).toBe("failed");
    await expect(new Response(client.readable).text()).rejects.toMatchObject({
      code: "ERR_AW_CONNECTION_RESET",
    });
  });

  it("abort by a signal ends everything at once", async () => {
    const controller = new AbortController();
    const listener = await listen({ signal: controller.signal });
    const { port } = listener.address as AddressInfo;
    const client = await connect({ host: "127.0.0.1", port });
    const iterator = listener[Symbol.asyncIterator]();
    await iterator.next();
    const next = iterator.next();
    controller.abort();
    expect((await next).done).toBe(true);
    await expect(new Response(client.readable).text()).rejects.toMatchObject({
      code: "ERR_AW_CONNECTION_RESET",
    });
  });
});
