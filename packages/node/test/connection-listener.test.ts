import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect as connectPlain, Socket, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AsyncWriteError } from "@aw/core";
import {
  ConnectionListener,
  listenSocket,
  SocketConnection,
  SocketDestination,
  type ConnectionListenerOptions,
} from "@aw/node";
import { afterEach, describe, expect, it, vi } from "vitest";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

class TestConnection extends SocketConnection {
  constructor(socket: Socket, linger = 0) {
    super(new SocketDestination(socket, { name: "test", linger }), socket);
  }
}

type Options = Partial<ConnectionListenerOptions<TestConnection>> & { path?: string };

interface Listening {
  listener: ConnectionListener<TestConnection>;
  server: Server;
  refused: AsyncWriteError[];
  next: () => Promise<IteratorResult<TestConnection>>;
  /** A client that says nothing; its errors are nobody's. */
  client: () => Socket;
}

async function listening({ path, ...options }: Options = {}): Promise<Listening> {
  const server = await listenSocket("test", path === undefined ? {} : { path });
  const refused: AsyncWriteError[] = [];
  const listener = new ConnectionListener<TestConnection>(server, {
    transport: "test",
    accept: (socket) => new TestConnection(socket),
    onRefused: (error) => refused.push(error),
    ...options,
  });
  cleanups.push(() => listener[Symbol.asyncDispose]());
  const iterator = listener[Symbol.asyncIterator]();
  const client = (): Socket => {
    const socket = connectPlain(path === undefined ? { port: listener.port } : { path });
    cleanups.push(() => socket.destroy());
    return socket.on("error", () => {}).resume();
  };
  return { listener, server, refused, next: () => iterator.next(), client };
}

/** Resolves when the socket is closed, by an end or by a reset. */
function gone(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => socket.on("close", resolve));
}

/** Whether a promise is settled a few turns later. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  for (let turns = 0; turns < 10; turns++) await turn();
  return settled;
}

describe("a listener", () => {
  it("gives its connections in turn, and counts those that are open and that wait", async () => {
    const { listener, client, next } = await listening();
    expect([listener.connections, listener.waiting, listener.refused]).toEqual([0, 0, 0]);
    const [first, second] = [client(), client()];
    await until(() => listener.waiting === 2);
    expect(listener.connections).toBe(2);
    const { value } = (await next()) as { value: TestConnection };
    expect([listener.connections, listener.waiting]).toEqual([2, 1]);
    await value.writeAll("hello");
    const [data] = (await Promise.race([once(first, "data"), once(second, "data")])) as [Buffer];
    expect(data.toString()).toBe("hello");
    value.abort();
    await until(() => listener.connections === 1);
  });

  it("has an address, a port and a name", async () => {
    const { listener, server } = await listening();
    const { port } = server.address() as AddressInfo;
    expect([listener.port, listener.address]).toEqual([port, server.address()]);
    expect(String(listener)).toBe(`test 127.0.0.1:${port}`);
  });

  it("on a Unix-domain socket has a path, and gives it to what it accepts", async () => {
    const folder = await mkdtemp(join(tmpdir(), "aw-listener-"));
    cleanups.push(() => rm(folder, { recursive: true }));
    const path = join(folder, "socket");
    const paths: unknown[] = [];
    const { listener, client, next } = await listening({
      path,
      accept: (socket, at) => {
        paths.push(at);
        return new TestConnection(socket);
      },
    });
    expect([listener.address, String(listener)]).toEqual([path, `test unix ${path}`]);
    expect(() => listener.port).toThrow(
      expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT" }),
    );
    client();
    await next();
    expect(paths).toEqual([path]);
  });

  it("gives no path to what it accepts over TCP", async () => {
    const paths: unknown[] = [];
    const { client, next } = await listening({
      accept: (socket, at) => {
        paths.push(at);
        return new TestConnection(socket);
      },
    });
    client();
    await next();
    expect(paths).toEqual([undefined]);
  });

  it("forgets a connection that ended before somebody took it", async () => {
    const { listener, client, next } = await listening();
    const socket = client();
    await until(() => listener.waiting === 1);
    socket.resetAndDestroy();
    await until(() => listener.connections === 0);
    expect(listener.waiting).toBe(0);
    const taking = next();
    client();
    expect(((await taking) as { value: TestConnection }).value.state).toBe("open");
  });
});

describe("connections that are refused", () => {
  it("are those above maxConnections, until one has ended", async () => {
    const { listener, client, refused } = await listening({ maxConnections: 1 });
    const first = client();
    await until(() => listener.connections === 1);
    await gone(client());
    expect(refused).toMatchObject([
      {
        code: "ERR_AW_LIMIT",
        message: expect.stringMatching(
          /^test \S+: refused tcp 127\.0\.0\.1:\d+: 1 connections are open/,
        ) as string,
      },
    ]);
    expect([listener.refused, listener.connections]).toEqual([1, 1]);
    first.resetAndDestroy();
    await until(() => listener.connections === 0);
    client();
    await until(() => listener.connections === 1);
    expect(listener.refused).toBe(1);
  });

  it("are those above maxHandshakes, while these are under way", async () => {
    const { listener, client, refused, begun } = await shaking({ maxHandshakes: 1 });
    client();
    await until(() => begun.length === 1);
    await gone(client());
    expect(refused).toMatchObject([
      {
        code: "ERR_AW_LIMIT",
        message: expect.stringContaining("1 handshakes are under way (maxHandshakes)") as string,
      },
    ]);
    begun[0]?.succeed();
    await until(() => listener.waiting === 1);
    // One that is done makes room for the next, and so does one that fails.
    client();
    await until(() => begun.length === 2);
    begun[1]?.fail(new Error("no handshake"));
    await until(() => refused.length === 2);
    client();
    await until(() => begun.length === 3);
    expect(listener.refused).toBe(2);
  });

  it("are those whose handshake fails, and their sockets are destroyed", async () => {
    const { listener, client, refused, begun } = await shaking();
    const dropped = gone(client());
    await until(() => begun.length === 1);
    begun[0]?.fail(new Error("no handshake"));
    await dropped;
    await until(() => listener.connections === 0);
    expect(refused).toMatchObject([
      { message: expect.stringMatching(/^accept on test .*no handshake/) as string },
    ]);
  });

  it("are those whose accept throws", async () => {
    const { listener, client, refused } = await listening({
      accept: () => {
        throw new Error("a bug in accept");
      },
      maxHandshakes: 1,
    });
    for (let count = 1; count <= 2; count++) {
      await gone(client());
      await until(() => listener.connections === 0);
      expect(refused).toHaveLength(count);
      expect(refused.at(-1)?.message).toContain("a bug in accept");
    }
  });

  it("are those that nobody has room for while the loop is slow", async () => {
    const { listener, client, refused, next } = await listening({ maxWaiting: 1 });
    client();
    await until(() => listener.waiting === 1);
    await gone(client());
    expect(refused).toMatchObject([
      {
        code: "ERR_AW_LIMIT",
        message: expect.stringContaining(`${listener}: refused a connection, 1 wait`) as string,
      },
    ]);
    await next();
    client();
    await until(() => listener.waiting === 1);
  });

  it("are those whose handshake ends when the queue has become full", async () => {
    const { listener, client, refused, begun } = await shaking({ maxWaiting: 1 });
    client();
    await until(() => begun.length === 1);
    const late = client();
    await until(() => begun.length === 2);
    begun[0]?.succeed();
    await until(() => listener.waiting === 1);
    begun[1]?.succeed();
    await gone(late);
    expect(refused).toMatchObject([{ code: "ERR_AW_LIMIT" }]);
  });

  it("do not end a listener whose onRefused throws: it is a warning", async () => {
    const warning = once(process, "warning");
    const { listener, client } = await listening({
      maxConnections: 1,
      onRefused: () => {
        throw new Error("a bug in onRefused");
      },
    });
    client();
    await until(() => listener.connections === 1);
    await gone(client());
    expect(await warning).toMatchObject([{ message: "a bug in onRefused" }]);
    expect(listener.refused).toBe(1);
  });

  it("need no onRefused", async () => {
    const warning = vi.spyOn(process, "emitWarning");
    cleanups.push(() => warning.mockRestore());
    const { listener, client } = await listening({ maxConnections: 1, onRefused: undefined });
    client();
    await until(() => listener.connections === 1);
    await gone(client());
    expect(listener.refused).toBe(1);
    expect(warning).not.toHaveBeenCalled();
  });

  it("may fail afterwards: that ends nothing", async () => {
    const { listener, client, server } = await listening({ maxConnections: 1 });
    client();
    await until(() => listener.connections === 1);
    const socket = new Socket();
    server.emit("connection", socket);
    socket.emit("error", new Error("read ECONNRESET"));
    expect(socket.destroyed).toBe(true);
  });

  it("are what the server fails with, while it goes on", async () => {
    const { listener, server, refused, client } = await listening();
    server.emit("error", Object.assign(new Error("accept EMFILE"), { code: "EMFILE" }));
    expect(refused).toMatchObject([
      { message: expect.stringMatching(/^accept on test .*EMFILE/) as string },
    ]);
    client();
    await until(() => listener.waiting === 1);
  });
});

describe("close", () => {
  it("ends the loop at once, and waits for the connections that were taken", async () => {
    const { listener, server, client, next } = await listening();
    client();
    const { value } = (await next()) as { value: TestConnection };
    const taking = next();
    const closing = listener.close();
    expect((await taking).done).toBe(true);
    expect(server.listening).toBe(false);
    expect(await isSettled(closing)).toBe(false);
    expect(value.state).toBe("open");
    value.abort();
    await closing;
    expect(listener.connections).toBe(0);
  });

  it("is done at once where nothing is open", async () => {
    const { listener } = await listening();
    await listener.close();
  });

  it("does not wait beyond its deadline for a connection that was closed, and whose peer stays", async () => {
    const { listener, next } = await lingering();
    const { value } = (await next()) as { value: TestConnection };
    await value.close();
    await listener.close({ deadline: 1 });
    expect(listener.connections).toBe(0);
  });

  it("aborts what nobody has taken", async () => {
    const { listener, client } = await listening();
    const dropped = gone(client());
    await until(() => listener.waiting === 1);
    await listener.close();
    await dropped;
    expect(listener.waiting).toBe(0);
  });

  it("drops who is in a handshake, and reports none of them", async () => {
    const { listener, client, begun, refused } = await shaking();
    const sockets = [client(), client()];
    const dropped = sockets.map(gone);
    await until(() => begun.length === 2);
    await listener.close();
    await Promise.all(dropped);
    begun[0]?.fail(new Error("gone"));
    begun[1]?.succeed();
    for (let turns = 0; turns < 5; turns++) await turn();
    expect([refused, listener.refused, listener.connections]).toEqual([[], 0, 0]);
  });

  it("aborts what is left at its deadline, and holds no timer after its end", async () => {
    const { listener, client, next } = await listening();
    client();
    const { value } = (await next()) as { value: TestConnection };
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    cleanups.push(() => vi.useRealTimers());
    const closing = listener.close({ deadline: 1000 });
    vi.advanceTimersByTime(999);
    expect(value.state).toBe("open");
    vi.advanceTimersByTime(1);
    expect(value.state).toBe("failed");
    await closing;
    await listener.close({ deadline: 1000 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([-1, 1.5, Number.NaN, "5"])("refuses the deadline %s, and goes on", async (deadline) => {
    const { listener, client } = await listening();
    await expect(listener.close({ deadline: deadline as number })).rejects.toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
      message: expect.stringContaining(`close ${listener}: deadline`) as string,
    });
    client();
    await until(() => listener.waiting === 1);
  });
});

describe("abort", () => {
  it("gives its reason to each connection, and does not wait for what was closed before", async () => {
    const { listener, client, next } = await lingering();
    const { value: closed } = (await next()) as { value: TestConnection };
    await closed.close();
    client();
    const { value: open } = (await next()) as { value: TestConnection };
    listener.abort("enough");
    // The other one is there until its socket is gone.
    expect(listener.connections).toBe(1);
    await expect(open.writeAll("x")).rejects.toMatchObject({
      code: "ERR_AW_ABORTED",
      cause: "enough",
    });
    expect(closed.state).toBe("closed");
    await listener.close();
    expect(listener.connections).toBe(0);
  });

  it("aborts what nobody has taken, with the reason", async () => {
    let waiting: TestConnection | undefined;
    const { listener, client } = await listening({
      accept: (socket) => (waiting = new TestConnection(socket)),
    });
    client();
    await until(() => listener.waiting === 1);
    listener.abort("enough");
    await expect(waiting?.writeAll("x")).rejects.toMatchObject({ cause: "enough" });
  });

  it("drops who is in a handshake", async () => {
    const { listener, client, begun } = await shaking();
    const dropped = gone(client());
    await until(() => begun.length === 1);
    listener.abort();
    await dropped;
    await listener.close();
  });

  it("is what a signal does, with its reason; and once everything has ended, it has no listener", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const added = vi.spyOn(signal, "addEventListener");
    const removed = vi.spyOn(signal, "removeEventListener");
    const { listener, client, next } = await listening({ signal });
    client();
    const { value } = (await next()) as { value: TestConnection };
    controller.abort("changed my mind");
    await expect(value.writeAll("x")).rejects.toMatchObject({ cause: "changed my mind" });
    await listener.close();
    expect(removed).toHaveBeenCalledWith("abort", added.mock.calls[0]?.[1]);
  });

  it("is done at once by a signal that has fired", async () => {
    const { listener, next } = await listening({ signal: AbortSignal.abort() });
    expect((await next()).done).toBe(true);
    await listener.close();
  });

  it("is what leaving an `await using` block does, and waits for the end", async () => {
    const { listener, client, next } = await listening();
    client();
    const { value } = (await next()) as { value: TestConnection };
    await listener[Symbol.asyncDispose]();
    expect([value.state, listener.connections]).toEqual(["failed", 0]);
    await expect(value.flush()).rejects.toMatchObject({
      cause: { message: "the `await using` block of the listener ended" },
    });
  });
});

/** Has one client that never ends, whom a connection that was closed waits for. */
async function lingering(): Promise<Listening> {
  const parts = await listening({ accept: (socket) => new TestConnection(socket, 60_000) });
  const socket = connectPlain({ port: parts.listener.port, allowHalfOpen: true });
  cleanups.push(() => socket.destroy());
  socket.on("error", () => {});
  return parts;
}

/** A handshake, which ends when the test says so. */
interface Handshake {
  succeed(): void;
  fail(error: Error): void;
}

async function shaking(options: Options = {}): Promise<Listening & { begun: Handshake[] }> {
  const begun: Handshake[] = [];
  const parts = await listening({
    accept: (socket) =>
      new Promise((resolve, fail) => {
        begun.push({ succeed: () => resolve(new TestConnection(socket)), fail });
      }),
    ...options,
  });
  return { ...parts, begun };
}
