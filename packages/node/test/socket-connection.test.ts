import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { connect as connectPlain, createServer, Socket, type AddressInfo } from "node:net";
import { Duplex } from "node:stream";
import {
  channels,
  describePeer,
  DuplexDestination,
  SocketConnection,
  SocketDestination,
  type CloseEvent,
} from "@aw/node";
import { afterEach, describe, expect, it } from "vitest";
import { ADDRESS, NAME, nodeSocketOptions } from "../src/socket-options.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Our connection over a socket, and the plain socket at the other end. */
async function pair(idleTimeout?: number): Promise<{
  ours: SocketConnection;
  socket: Socket;
  peer: Socket;
}> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const accepted = once(server, "connection");
  const peer = connectPlain({
    port: (server.address() as AddressInfo).port,
    allowHalfOpen: true,
  }).on("error", () => {});
  const [socket] = (await accepted) as [Socket];
  server.close();
  const ours = new SocketConnection(new SocketDestination(socket, { name: "test" }), socket, {
    idleTimeout,
  });
  cleanups.push(() => {
    ours.abort();
    peer.destroy();
  });
  return { ours, socket, peer };
}

/** What is published until the test is over; of one connection. */
function published(
  ...names: (keyof typeof channels)[]
): (connection: SocketConnection) => [string, CloseEvent][] {
  const said: [string, CloseEvent][] = [];
  const onMessage = (message: unknown, name: string | symbol): void =>
    void said.push([String(name), message as CloseEvent]);
  for (const name of names) {
    subscribe(channels[name].name, onMessage);
    cleanups.push(() => unsubscribe(channels[name].name, onMessage));
  }
  return (connection) => said.filter(([, event]) => event.connection === connection);
}

describe("a connection over a socket", () => {
  it("has the addresses of both ends", async () => {
    const { ours, socket, peer } = await pair();
    expect([ours.localAddress, ours.localPort]).toEqual(["127.0.0.1", socket.localPort]);
    expect([ours.remoteAddress, ours.remotePort]).toEqual(["127.0.0.1", peer.localPort]);
    expect(describePeer("test", socket)).toBe(`test 127.0.0.1:${peer.localPort}`);
    expect(describePeer("test", socket, "/run/s")).toBe("unix /run/s");
    expect(describePeer("test", new Socket())).toBe("test (not connected)");
    for (const half of [{ remoteAddress: "::1" }, { remotePort: 9 }]) {
      expect(describePeer("test", half as unknown as Socket)).toBe("test (not connected)");
    }
  });

  it("has none, if there is no socket below", () => {
    const duplex = new Duplex({ read() {}, write() {} });
    const ours = new SocketConnection(new DuplexDestination(duplex), undefined, {
      idleTimeout: 5,
    });
    const { localAddress, localPort, remoteAddress, remotePort } = ours;
    expect([localAddress, localPort, remoteAddress, remotePort]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    ours.abort();
  });

  it("fails, both directions, when no byte came or went for idleTimeout", async () => {
    const { ours, socket } = await pair(20);
    const error = {
      code: "ERR_AW_TIMEOUT",
      message: "test: no byte came or went for 20 ms (idleTimeout)",
    };
    await expect(ours.reader.read()).rejects.toMatchObject(error);
    await expect(ours.writeAll("x")).rejects.toMatchObject(error);
    expect(socket.destroyed).toBe(true);
  });

  it("destroys the socket below, when it is idle, and not only what is between", async () => {
    const { socket, peer } = await pair();
    cleanups.push(() => peer.destroy());
    const between = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    const ours = new SocketConnection(new DuplexDestination(between), socket, { idleTimeout: 20 });
    await expect(ours.reader.read()).rejects.toMatchObject({ code: "ERR_AW_TIMEOUT" });
    expect([between.destroyed, socket.destroyed]).toEqual([true, true]);
  });

  it("has no timer without idleTimeout", async () => {
    const { socket } = await pair();
    expect(socket.timeout).toBeUndefined();
  });

  it("is told from an end when it is aborted: the peer sees a reset", async () => {
    const { ours, peer } = await pair();
    const gone = once(peer.resume(), "error");
    await ours.writeAll("half of it");
    await ours.flush();
    ours.abort();
    expect(await gone).toMatchObject([{ code: "ECONNRESET" }]);
  });

  it.each([
    [{}, [1 << 20, 1 << 20, 1]],
    [{ capacity: 1 << 18 }, [1 << 20, 1 << 20, 1]],
    [{ lend: { from: 1, atMost: 1.5 * (1 << 20) } }, [1.5 * (1 << 20), (1 << 19) + 1]],
  ])("sends what is large from where it is, in pieces: %j", async (options, lengths) => {
    const sent: number[] = [];
    const duplex = new Duplex({
      read() {},
      write: (chunk: Buffer, _encoding, done) => {
        sent.push(chunk.length);
        done();
      },
    });
    const ours = new SocketConnection(new DuplexDestination(duplex), undefined, options);
    await ours.writeAll(new Uint8Array((2 << 20) + 1));
    expect(sent).toEqual(lengths);
    ours.abort();
  });

  it("gathers no more than its capacity", () => {
    const duplex = new Duplex({ read() {}, write() {} });
    const ours = new SocketConnection(new DuplexDestination(duplex), undefined, { capacity: 100 });
    expect(ours.pollWrite({ wake() {} }, new Uint8Array(1000))).toBe(100);
    ours.abort();
  });
});

describe("the channels", () => {
  it("say when a connection opens and is gone, with its bytes and its time", async () => {
    const said = published("open", "error", "close");
    const { ours, socket, peer } = await pair();
    const closed = once(socket, "close");
    expect(said(ours)).toEqual([["aw:connection:open", { connection: ours, name: "test" }]]);
    peer.end("question");
    expect(await ours.reader.text()).toBe("question");
    await ours.writeAll("an answer");
    await ours.close();
    await closed;
    expect(said(ours).map(([name]) => name)).toEqual(["aw:connection:open", "aw:connection:close"]);
    const [, [, { duration, ...event }]] = said(ours) as [unknown, [string, CloseEvent]];
    expect(event).toEqual({
      connection: ours,
      name: "test",
      bytesRead: 8,
      bytesWritten: 9,
      error: undefined,
    });
    expect(duration).toBeGreaterThan(0);
    expect(duration).toBeLessThan(performance.now());
  });

  it("say why it failed, and that with its end again", async () => {
    const said = published("error", "close");
    const { ours, socket } = await pair();
    const closed = once(socket, "close");
    ours.abort("enough");
    await closed;
    const error = expect.objectContaining({ code: "ERR_AW_ABORTED", cause: "enough" }) as Error;
    expect(said(ours)).toEqual([
      ["aw:connection:error", { connection: ours, name: "test", error }],
      ["aw:connection:close", expect.objectContaining({ connection: ours, error })],
    ]);
  });

  it("count nothing where nothing counts", async () => {
    const said = published("close");
    const duplex = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    const ours = new SocketConnection(new DuplexDestination(duplex), undefined);
    await ours.writeAll("x");
    ours.abort();
    await turn();
    expect(said(ours)).toMatchObject([["aw:connection:close", { bytesRead: 0, bytesWritten: 0 }]]);
  });

  it("count on the socket below, once, when that is gone", async () => {
    const said = published("close");
    const { socket, peer } = await pair();
    cleanups.push(() => socket.destroy());
    // Something of its own between, as TLS is.
    const between = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    const ours = new SocketConnection(new DuplexDestination(between), socket);
    between.destroy();
    await turn();
    expect(said(ours)).toEqual([]);
    peer.destroy();
    socket.destroy();
    await once(socket, "close");
    await turn();
    expect(said(ours)).toHaveLength(1);
    ours.abort();
  });
});

describe("the options of a socket", () => {
  it.each([
    [{}, { noDelay: true, keepAlive: false, keepAliveInitialDelay: 0 }],
    [{ noDelay: false }, { noDelay: false, keepAlive: false, keepAliveInitialDelay: 0 }],
    [{ keepAlive: false }, { noDelay: true, keepAlive: false, keepAliveInitialDelay: 0 }],
    [{ keepAlive: 5000 }, { noDelay: true, keepAlive: true, keepAliveInitialDelay: 5000 }],
  ] as const)("%j are %j to Node", (options, ofNode) => {
    expect(nodeSocketOptions(options)).toEqual(ofNode);
  });

  it.each([
    ["127.0.0.1", true],
    ["::1", true],
    ["localhost", false],
    ["", false],
    [undefined, false],
    [5, false],
  ])("know an address: %j %s", (value, isOne) => {
    expect(ADDRESS.accepts(value)).toBe(isOne);
  });

  it.each([
    ["localhost", true],
    ["", false],
    [5, false],
  ])("know a name: %j %s", (value, isOne) => {
    expect(NAME.accepts(value)).toBe(isOne);
  });
});
