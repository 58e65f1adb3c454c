import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import {
  connect as connectPlain,
  createServer,
  Server,
  type AddressInfo,
  type LookupFunction,
  type Socket,
} from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkTarget, connectSocket, describeTarget, listenSocket } from "@aw/node";
import { readToEnd } from "@aw/testing";
import { afterEach, describe, expect, it, vi } from "vitest";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** A server of Node that takes what comes. */
async function serving(host = "127.0.0.1"): Promise<{ port: number; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket.on("error", () => {})));
  server.listen(0, host);
  await once(server, "listening");
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, sockets };
}

describe("what is connected to", () => {
  it.each([
    { port: 1 },
    { port: 65_535, host: "a.example" },
    { port: 1, host: undefined },
    { path: "/run/log.sock" },
  ])("can be %j", (target) => {
    expect(() => checkTarget("connect test", target)).not.toThrow();
  });

  it.each([
    {},
    { port: 0 },
    { port: 65_536 },
    { port: "80" },
    { host: "a.example" },
    { port: 1, host: "" },
    { port: 1, host: 5 },
    { path: "" },
    { path: 5 },
    { path: "/run/log.sock", port: 1 },
    { port: 1, hots: "a.example" },
    "a.example:80",
    null,
    undefined,
  ])("can't be %j", (target) => {
    expect(() => checkTarget("connect test", target as never)).toThrow(
      expect.objectContaining({
        code: "ERR_AW_INVALID_ARGUMENT",
        message: expect.stringContaining("connect test: ") as string,
      }),
    );
  });

  it.each([
    ["tcp", { port: 9443 }, "tcp localhost:9443"],
    ["tcp", { port: 9443, host: "::1" }, "tcp [::1]:9443"],
    ["tls", { port: 9443, host: "a.example" }, "tls a.example:9443"],
    ["tcp", { path: "/run/log.sock" }, "unix /run/log.sock"],
    ["tls", { path: "/run/log.sock" }, "tls unix /run/log.sock"],
  ])("is called by its name in messages: %s %j", (transport, target, name) => {
    expect(describeTarget(transport, target)).toBe(name);
  });
});

describe("a socket that is connected", () => {
  it("has halves that end one by one, and the options of a socket", async () => {
    const { port, sockets } = await serving();
    const noDelay = vi.spyOn((await import("node:net")).Socket.prototype, "setNoDelay");
    cleanups.push(() => noDelay.mockRestore());
    const socket = await connectSocket("test", { port }, {});
    cleanups.push(() => socket.destroy());
    expect(socket.allowHalfOpen).toBe(true);
    await vi.waitUntil(() => sockets.length === 1);
    sockets[0]?.end("all");
    expect(String(await readToEnd(socket))).toBe("all");
    expect(socket.writable).toBe(true);
  });

  it("leaves no listener, on it or on the signal", async () => {
    const { port } = await serving();
    const plain = connectPlain({ port, allowHalfOpen: true });
    await once(plain, "connect");
    cleanups.push(() => plain.destroy());
    const { signal } = new AbortController();
    const removed = vi.spyOn(signal, "removeEventListener");
    const ours = await connectSocket("test", { port }, { signal, timeout: 10_000 });
    cleanups.push(() => ours.destroy());
    expect(ours.eventNames()).toEqual(plain.eventNames());
    expect(removed).toHaveBeenCalledTimes(1);
  });

  it("may be a Unix-domain socket", async () => {
    const folder = await mkdtemp(join(tmpdir(), "aw-connect-"));
    cleanups.push(() => rm(folder, { recursive: true }));
    const path = join(folder, "socket");
    const server = await listenSocket("test", { path });
    cleanups.push(() => server.close());
    const accepted = once(server, "connection");
    const socket = await connectSocket("test", { path }, {});
    cleanups.push(() => socket.destroy());
    const [theirs] = (await accepted) as [Socket];
    theirs.end("all");
    expect(String(await readToEnd(socket))).toBe("all");
    expect(socket.writable).toBe(true);
  });

  it("comes from the local address that is asked for", async () => {
    const { port } = await serving();
    const socket = await connectSocket(
      "test",
      { host: "127.0.0.1", port },
      {
        localAddress: "127.0.0.9",
      },
    );
    cleanups.push(() => socket.destroy());
    expect(socket.localAddress).toBe("127.0.0.9");
  });

  it.each([
    [{}, 250],
    [{ attemptDelay: 77 }, 77],
  ])("is tried at the next address after a while: %j", async (options, ms) => {
    const { port } = await serving();
    const timers = vi.spyOn(globalThis, "setTimeout");
    cleanups.push(() => timers.mockRestore());
    const lookup: LookupFunction = (_name, _options, done) =>
      done(null, [
        { address: "127.0.0.1", family: 4 },
        { address: "127.0.0.1", family: 4 },
      ]);
    const socket = await connectSocket("test", { host: "a.example", port }, { lookup, ...options });
    socket.destroy();
    expect(timers.mock.calls.map(([, delay]) => delay)).toEqual([ms]);
  });

  it("is refused by what can't be a target before anything else", async () => {
    await expect(connectSocket("test", { port: 0 }, {})).rejects.toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
      message: expect.stringContaining("connect test: port") as string,
    });
  });
});

describe("a signal that has fired", () => {
  it("lets nothing begin, not even a look-up", async () => {
    const lookup = vi.fn();
    const signal = AbortSignal.abort("changed my mind");
    await expect(
      connectSocket("test", { host: "a.example", port: 1 }, { lookup, signal }),
    ).rejects.toMatchObject({
      code: "ERR_AW_ABORTED",
      cause: "changed my mind",
      message: expect.stringContaining("connect test a.example:1") as string,
    });
    expect(lookup).not.toHaveBeenCalled();
  });
});

describe("a host whose look-up gets no answer", () => {
  const lookup: LookupFunction = () => {};

  it("is given up after the timeout", async () => {
    await expect(
      connectSocket("test", { host: "a.example", port: 1 }, { lookup, timeout: 20 }),
    ).rejects.toMatchObject({
      code: "ERR_AW_TIMEOUT",
      message: "connect test a.example:1: no answer within 20 ms; is the host reachable?",
    });
  });

  it("is given up when the signal fires", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const connecting = connectSocket("test", { host: "a.example", port: 1 }, { lookup, signal });
    controller.abort("changed my mind");
    await expect(connecting).rejects.toMatchObject({
      code: "ERR_AW_ABORTED",
      cause: "changed my mind",
    });
  });
});

describe("no address to connect to", () => {
  it.each([
    [{}, "a.example has no address"],
    [
      { localAddress: "127.0.0.1" },
      "a.example has no address of the family of localAddress 127.0.0.1",
    ],
  ])("is said so: %j", async (options, words) => {
    const lookup = (_name: string, _options: object, done: (error: null, found: []) => void) =>
      done(null, []);
    await expect(
      connectSocket("test", { host: "a.example", port: 1 }, { lookup, ...options }),
    ).rejects.toMatchObject({
      code: "ERR_AW_CONNECT",
      message: `connect test a.example:1: ${words}`,
      cause: { code: "ENODATA" },
    });
  });
});

describe("listening", () => {
  it("has connections whose halves end one by one", async () => {
    const server = await listenSocket("test", {});
    cleanups.push(() => server.close());
    const { port, address } = server.address() as AddressInfo;
    expect(address).toBe("127.0.0.1");
    const accepted = once(server, "connection");
    const client = connectPlain(port);
    cleanups.push(() => client.destroy());
    const [socket] = (await accepted) as [Socket];
    expect(socket.allowHalfOpen).toBe(true);
    expect(server.listenerCount("error")).toBe(0);
  });

  it("says which address is in use, and by what kind of program", async () => {
    const { port } = await serving();
    await expect(listenSocket("test", { port })).rejects.toMatchObject({
      code: "ERR_AW_CONNECT",
      message: expect.stringMatching(
        new RegExp(`^listen test 127\\.0\\.0\\.1:${port}: .*; is another server running there\\?$`),
      ) as string,
      cause: { code: "EADDRINUSE" },
    });
    await expect(listenSocket("test", { host: "192.0.2.1" })).rejects.toMatchObject({
      message: expect.not.stringContaining("another server") as string,
    });
    await expect(listenSocket("test", { path: "/nowhere/at/all" })).rejects.toMatchObject({
      code: "ERR_AW_CONNECT",
      message: expect.stringContaining("listen test unix /nowhere/at/all") as string,
    });
  });

  it("is aborted by a signal, before it begins and meanwhile, and leaves no server", async () => {
    const aborted = { code: "ERR_AW_ABORTED", cause: "no" };
    const { port } = await serving();
    const closed = vi.spyOn(Server.prototype, "close");
    cleanups.push(() => closed.mockRestore());
    // It does not even look whether the port is free.
    await expect(
      listenSocket("test", { port, signal: AbortSignal.abort("no") }),
    ).rejects.toMatchObject(aborted);
    expect(closed).not.toHaveBeenCalled();
    const controller = new AbortController();
    const listening = listenSocket("test", { signal: controller.signal });
    controller.abort("no");
    await expect(listening).rejects.toMatchObject(aborted);
    expect(closed).toHaveBeenCalledTimes(1);
  });

  it("says what Node refuses", async () => {
    await expect(listenSocket("test", { port: 70_000 })).rejects.toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
      message: expect.stringContaining("listen test 127.0.0.1:70000: ") as string,
      cause: { code: "ERR_SOCKET_BAD_PORT" },
    });
  });
});
