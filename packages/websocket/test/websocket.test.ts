import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { AsyncWriteError, PENDING, type Waker } from "@aw/core";
import {
  attach,
  connect,
  fromWebSocket,
  HALF_CLOSE,
  listen,
  type UpgradeError,
  type WebSocketCloseError,
  type AttachOptions,
} from "@aw/websocket";
import { selfSigned } from "@aw/testing";
import { describe, expect, it } from "vitest";
import { WebSocket as WsSocket, WebSocketServer } from "ws";
import {
  after,
  bytesOf,
  failureOf,
  next,
  pair,
  portOf,
  rawServer,
  textOf,
  turn,
  until,
} from "./instruments.ts";

const NOOP: Waker = { wake() {} };

describe("writing", () => {
  it("gathers the small writes of a turn into one message", async () => {
    const server = new WebSocketServer({ port: 0 });
    after(() => server.close());
    const accepted = once(server, "connection") as Promise<[WsSocket]>;
    const ours = await connect(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const [peer] = await accepted;
    const messages: Buffer[] = [];
    peer.on("message", (data: Buffer) => messages.push(data));
    for (let index = 0; index < 1000; index++) await ours.writeAll(`${index}\n`);
    await ours.close();
    expect(messages.length).toBeLessThan(10);
    expect(Buffer.concat(messages).toString().split("\n")).toHaveLength(1001);
  });

  it("sends no message beyond maxMessageBytes, and none for empty writes", async () => {
    const server = new WebSocketServer({ port: 0 });
    after(() => server.close());
    const accepted = once(server, "connection") as Promise<[WsSocket]>;
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const ours = await connect(url, { maxMessageBytes: 1000 });
    const [peer] = await accepted;
    const sizes: number[] = [];
    peer.on("message", (data: Buffer) => sizes.push(data.length));
    await ours.writeAll(new Uint8Array(0));
    await ours.flush();
    await ours.writeAll(new Uint8Array(10_500));
    await ours.close();
    expect(Math.max(...sizes)).toBe(1000);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(10_500);
  });

  it.each([1, 125, 126, 127, 65_535, 65_536, 100_001])(
    "sends messages of %i bytes that another stack understands",
    async (maxMessageBytes) => {
      const server = new WebSocketServer({ port: 0 });
      after(() => server.close());
      const accepted = once(server, "connection") as Promise<[WsSocket]>;
      const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const ours = await connect(url, { maxMessageBytes });
      const [peer] = await accepted;
      const messages: Buffer[] = [];
      peer.on("message", (data: Buffer) => messages.push(data));
      const bytes = randomBytes(2 * maxMessageBytes + 1);
      await ours.writeAll(bytes);
      await ours.close();
      expect(Buffer.concat(messages)).toEqual(bytes);
      expect(messages.map((message) => message.length)).toEqual([
        maxMessageBytes,
        maxMessageBytes,
        1,
      ]);
    },
  );

  it("masks each message with a key of its own", async () => {
    const keys: string[] = [];
    const { port } = await rawServer((socket) => {
      upgradeByHand(socket);
      socket.on("data", (data) => {
        if (data[0] === 0x82) keys.push(data.subarray(2, 6).toString("hex"));
      });
    });
    const client = await connect(`ws://127.0.0.1:${port}`);
    for (let count = 1; count <= 20; count++) {
      await client.writeAll("same");
      await client.flush();
      await until(() => keys.length === count);
    }
    client.abort();
    expect(new Set(keys).size).toBe(20);
  });

  it.each(["client", "server"] as const)(
    "leaves the buffer to the caller on the %s",
    async (end) => {
      const ends = await pair();
      const [writer, peer] =
        end === "client" ? [ends.client, ends.server] : [ends.server, ends.client];
      const received = bytesOf(peer.readable);
      const buffer = new Uint8Array(100_000);
      for (let round = 1; round <= 50; round++) {
        buffer.fill(round);
        await writer.writeAll(buffer);
        expect(buffer.every((byte) => byte === round)).toBe(true);
        buffer.fill(255);
      }
      await writer.close();
      const bytes = await received;
      expect(bytes).toHaveLength(5_000_000);
      for (let round = 0; round < 50; round++) {
        const part = bytes.subarray(round * 100_000, (round + 1) * 100_000);
        expect(part.every((byte) => byte === round + 1)).toBe(true);
      }
    },
  );

  it("is pending while the peer does not read, and goes on when it does", async () => {
    const { client, server } = await pair();
    const chunk = new Uint8Array(64 * 1024);
    let accepted = 0;
    for (let full = 0; full < 200; full++) {
      const n = client.pollWrite(NOOP, chunk);
      if (n === PENDING) {
        await turn();
      } else {
        accepted += n;
        full = 0;
      }
    }
    expect(accepted).toBeLessThan(64 * 1024 * 1024);
    const received = bytesOf(server.readable);
    await client.close();
    expect(await received).toHaveLength(accepted);
  });

  it("compresses messages if both ends want it", async () => {
    const { client, server } = await pair({ perMessageDeflate: true }, { perMessageDeflate: true });
    const received = textOf(server.readable);
    await client.writeAll("compressible ".repeat(10_000));
    await client.close();
    expect(await received).toBe("compressible ".repeat(10_000));
  });
});

describe("closing without the half-close", () => {
  it("performs the handshake with 1000; the peer's stream ends", async () => {
    const { client, server } = await pair();
    await client.writeAll("bye");
    const received = textOf(server.readable);
    await client.close();
    expect(await received).toBe("bye");
    await server.close();
    expect(await textOf(client.readable)).toBe("");
  });

  it("keeps what came before the peer's close for a reader that comes later", async () => {
    const { client, server } = await pair();
    await server.writeAll("x".repeat(200_000));
    await server.flush();
    await client.close();
    expect(await textOf(client.readable)).toHaveLength(200_000);
  });

  it("fails a write after the peer closed with BROKEN_PIPE and its code", async () => {
    const { client, server } = await pair();
    await server.close();
    await bytesOf(client.readable);
    await client.writeAll("late");
    const error = await failureOf(client.flush());
    expect(error.code).toBe("ERR_AW_BROKEN_PIPE");
    expect((error.cause as WebSocketCloseError).closeCode).toBe(1000);
  });

  it("carries code and reason of an abnormal closure", async () => {
    const server = new WebSocketServer({ port: 0 });
    after(() => server.close());
    const accepted = once(server, "connection") as Promise<[WsSocket]>;
    const ours = await connect(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const [peer] = await accepted;
    peer.close(4321, "out of tea");
    const error = await failureOf(bytesOf(ours.readable));
    expect(error.code).toBe("ERR_AW_CONNECTION_RESET");
    expect(error.message).toContain("out of tea");
    expect(error.cause).toMatchObject({ closeCode: 4321, reason: "out of tea" });
    expect((await failureOf(ours.writeAll("x"))).code).toBe("ERR_AW_CONNECTION_RESET");
  });
});

describe("closing with the half-close", () => {
  it("lets the peer answer after the end", async () => {
    const { client, server } = await pair({ halfClose: true });
    expect([client.halfClose, server.halfClose]).toEqual([true, true]);
    await client.writeAll("question");
    await client.close();
    const question = await textOf(server.readable);
    await server.writeAll(`answer to ${question} ${"x".repeat(1_000_000)}`);
    await server.close();
    expect(await textOf(client.readable)).toHaveLength(1_000_019);
  });

  it("closes the socket when both have finished", async () => {
    const { client, server, listener } = await pair({ halfClose: true });
    await Promise.all([client.close(), server.close()]);
    await Promise.all([bytesOf(client.readable), bytesOf(server.readable)]);
    await listener.close();
    expect(listener.connections).toBe(0);
  });

  it("sees the peer's close behind an end that came while the reader made it wait", async () => {
    const server = new WebSocketServer({ port: 0, handleProtocols: () => HALF_CLOSE });
    after(() => server.close());
    const accepted = once(server, "connection") as Promise<[WsSocket]>;
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = await connect(url, { halfClose: true, closeTimeout: 60_000 });
    const [peer] = await accepted;
    const closed = once(peer, "close") as Promise<[number]>;
    peer.on("message", () => peer.close(1000));
    peer.send(new Uint8Array(200_000));
    peer.send(new Uint8Array(0));
    // The end is seen in the same read as the rest of the message that nobody takes yet.
    for (let turns = 0; turns < 50; turns++) await turn();
    await client.close();
    expect(await bytesOf(client.readable)).toHaveLength(200_000);
    expect((await closed)[0]).toBe(1000);
  });

  it.each([
    [["chat"], true, ["chat"], true, "chat", true],
    [["chat"], true, ["chat"], false, "chat", false],
    [["chat"], false, ["chat"], true, "chat", false],
    [["a", "b"], true, ["b"], true, "b", true],
    [[], true, [], true, "", true],
    [[], false, ["chat"], true, "", false],
  ] as const)("offers %j, half-close %j to %j, %j: %j, %j", async (...row) => {
    const [offered, wants, known, takes, protocol, halfClose] = row;
    const { client, server } = await pair(
      { protocols: offered, halfClose: wants },
      { protocols: known, halfClose: takes },
    );
    expect([client.protocol, client.halfClose]).toEqual([protocol, halfClose]);
    expect([server.protocol, server.halfClose]).toEqual([protocol, halfClose]);
  });

  it("tells the reader of a stream that was cut off before its end", async () => {
    const { client, server } = await pair({ halfClose: true });
    await client.writeAll("half");
    await client.flush();
    client.abort();
    expect((await failureOf(bytesOf(server.readable))).code).toBe("ERR_AW_CONNECTION_RESET");
  });

  it("refuses a server that knows nothing of it", async () => {
    const server = new WebSocketServer({ port: 0, handleProtocols: () => false });
    after(() => server.close());
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const error = await failureOf(connect(url, { halfClose: true }));
    expect(error.code).toBe("ERR_AW_PROTOCOL");
  });
});

describe("attach", () => {
  async function httpServer(options: AttachOptions) {
    const server = createServer((_request, response) => response.end("page"));
    const listener = attach(server, options);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    after(async () => {
      listener.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return { server, listener, port: portOf(listener) };
  }

  it("shares a server with pages, and takes the upgrades of its path", async () => {
    const { listener, port } = await httpServer({ path: "/bytes" });
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("page");
    const accepted = next(listener);
    const client = await connect(`ws://127.0.0.1:${port}/bytes?x=1`);
    await client.writeAll("hi");
    await client.close();
    expect(await textOf((await accepted).readable)).toBe("hi");
    const error = await failureOf(connect(`ws://127.0.0.1:${port}/other`));
    expect((error.cause as UpgradeError).status).toBe(404);
  });

  it("serves several paths on one server", async () => {
    const { server, port } = await httpServer({ path: "/a" });
    const other = attach(server, { path: "/b" });
    after(() => other.abort());
    const client = await connect(`ws://127.0.0.1:${port}/b`);
    await client.writeAll("to b");
    await client.close();
    expect(await textOf((await next(other)).readable)).toBe("to b");
  });

  it("answers 404 to a path of nobody, and gives one of several to the first", async () => {
    const { server, listener, port } = await httpServer({ path: "/a" });
    const others = [attach(server, { path: "/b" }), attach(server, { path: "/a" })];
    after(() => others.forEach((other) => other.abort()));
    const error = await failureOf(connect(`ws://127.0.0.1:${port}/c`));
    expect((error.cause as UpgradeError).status).toBe(404);
    await connect(`ws://127.0.0.1:${port}/a`);
    expect([listener, ...others].map(({ connections }) => connections)).toEqual([1, 0, 0]);
    listener.abort();
    await connect(`ws://127.0.0.1:${port}/a`);
    expect(others.map(({ connections }) => connections)).toEqual([0, 1]);
  });

  it("leaves a path of nobody to the handlers of others", async () => {
    const { server, port } = await httpServer({ path: "/a" });
    server.on("upgrade", ({ url }, socket) => {
      if (url === "/mine") socket.end("HTTP/1.1 418 I'm a teapot\r\nContent-Length: 0\r\n\r\n");
    });
    const error = await failureOf(connect(`ws://127.0.0.1:${port}/mine`));
    expect((error.cause as UpgradeError).status).toBe(418);
  });

  it.each<[string, NonNullable<AttachOptions["authorize"]>, number, string]>([
    ["false", () => false, 401, "Unauthorized"],
    [
      "a rejection",
      () => Promise.resolve({ status: 403, body: "not you", headers: { "x-why": "a\r\nb: c" } }),
      403,
      "not you",
    ],
    [
      "an exception",
      (): boolean => {
        throw new Error("db");
      },
      500,
      "Internal Server Error",
    ],
    ["a status that is no refusal", () => ({ status: 200 }), 500, "Internal Server Error"],
  ])(
    "answers before the upgrade when authorize gives %s",
    async (_name, authorize, status, body) => {
      const { listener, port, server } = await httpServer({ authorize });
      const error = await failureOf(connect(`ws://127.0.0.1:${port}/`));
      expect(error.code).toBe("ERR_AW_CONNECT");
      expect(error.cause).toMatchObject({ status, body });
      expect(listener.connections).toBe(0);
      await new Promise((resolve) => server.close(resolve));
    },
  );

  it("passes the headers of the client to authorize", async () => {
    const { port } = await httpServer({
      authorize: (request) => request.headers.authorization === "Bearer right",
    });
    const url = `ws://127.0.0.1:${port}/`;
    await connect(url, { headers: { authorization: "Bearer right" } });
    expect((await failureOf(connect(url, { headers: { authorization: "wrong" } }))).code).toBe(
      "ERR_AW_CONNECT",
    );
  });

  it("refuses pages of other origins", async () => {
    const { port } = await httpServer({ origins: ["https://ours.example"] });
    const url = `ws://127.0.0.1:${port}/`;
    await connect(url, { headers: { origin: "https://ours.example" } });
    await connect(url);
    const error = await failureOf(connect(url, { headers: { origin: "https://evil.example" } }));
    expect((error.cause as UpgradeError).status).toBe(403);
  });

  it("refuses more than maxConnections with 503", async () => {
    const { port } = await httpServer({ maxConnections: 1 });
    await connect(`ws://127.0.0.1:${port}/`);
    const error = await failureOf(connect(`ws://127.0.0.1:${port}/`));
    expect((error.cause as UpgradeError).status).toBe(503);
  });

  it("refuses more than maxConnections that are judged at the same time", async () => {
    let letGo = (): void => {};
    const judged = new Promise<boolean>((resolve) => {
      letGo = () => resolve(true);
    });
    let waiting = 0;
    const refused: AsyncWriteError[] = [];
    const { listener, port } = await httpServer({
      maxConnections: 2,
      authorize: () => {
        waiting++;
        return judged;
      },
      onRefused: (error) => refused.push(error),
    });
    const all = Array.from({ length: 5 }, () => connect(`ws://127.0.0.1:${port}/`));
    const settled = Promise.allSettled(all);
    await until(() => refused.length === 3);
    expect(waiting).toBe(2);
    letGo();
    const rejected = (await settled).filter(({ status }) => status === "rejected");
    expect(rejected).toHaveLength(3);
    expect(listener.connections).toBe(2);
    expect(refused.map(({ code }) => code)).toEqual(Array(3).fill("ERR_AW_LIMIT"));
  });

  it("tells onRefused what authorize threw", async () => {
    const cause = new Error("db");
    const refused: AsyncWriteError[] = [];
    const { port } = await httpServer({
      authorize: () => Promise.reject(cause),
      onRefused: (error) => refused.push(error),
    });
    await failureOf(connect(`ws://127.0.0.1:${port}/`));
    expect(refused.map(({ code }) => code)).toEqual(["ERR_AW_CONNECT"]);
    expect(refused[0]?.cause).toBe(cause);
  });

  it("serves wss: on an HTTPS server, to who trusts its certificate", async () => {
    const { cert, key } = await selfSigned("127.0.0.1");
    const server = createHttpsServer({ cert, key });
    const listener = attach(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    after(() => {
      listener.abort();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
    const url = `wss://127.0.0.1:${portOf(listener)}/`;
    expect((await failureOf(connect(url))).code).toBe("ERR_AW_TLS");
    const accepted = next(listener);
    const client = await connect(url, { tls: { ca: cert }, halfClose: true });
    const bytes = randomBytes(1_000_000);
    const received = bytesOf((await accepted).readable);
    await client.writeAll(bytes);
    await client.close();
    expect(await received).toEqual(bytes);
    expect(
      (await failureOf(connect(url.replace("127.0.0.1", "localhost"), { tls: { ca: cert } }))).code,
    ).toBe("ERR_AW_TLS");
  });
});

describe("listen", () => {
  it("closes gracefully: waits for open connections, up to the deadline", async () => {
    const { client, listener } = await pair();
    const port = portOf(listener);
    const closing = listener.close({ deadline: 50 });
    expect((await failureOf(connect(`ws://127.0.0.1:${port}`))).code).toBe("ERR_AW_CONNECT");
    await closing;
    expect((await failureOf(bytesOf(client.readable))).code).toBe("ERR_AW_CONNECTION_RESET");
  });

  it("refuses an address in use", async () => {
    const { listener } = await pair();
    expect((await failureOf(listen({ port: portOf(listener) }))).code).toBe("ERR_AW_CONNECT");
  });

  it("is aborted by its signal, before, while it opens, and after", async () => {
    const reason = new Error("no more");
    const before = await failureOf(listen({ signal: AbortSignal.abort(reason) }));
    expect([before.code, before.cause]).toEqual(["ERR_AW_ABORTED", reason]);
    const during = new AbortController();
    const opening = failureOf(listen({ signal: during.signal }));
    during.abort(reason);
    expect((await opening).code).toBe("ERR_AW_ABORTED");
    const later = new AbortController();
    const { client } = await pair({}, { signal: later.signal });
    later.abort(reason);
    expect((await failureOf(bytesOf(client.readable))).code).toBe("ERR_AW_CONNECTION_RESET");
  });

  it("answers a plain request with 426", async () => {
    const { listener } = await pair();
    const { status, headers } = await fetch(`http://127.0.0.1:${portOf(listener)}`);
    expect(status).toBe(426);
    // RFC 9110, section 15.5.22: it names the protocol.
    expect([headers.get("upgrade"), headers.get("connection")]).toEqual(["websocket", "close"]);
  });
});

describe("fromWebSocket", () => {
  it("works over a socket of ws and the platform's own", async () => {
    const server = new WebSocketServer({ port: 0 });
    after(() => server.close());
    const port = (server.address() as AddressInfo).port;
    const accepted = once(server, "connection") as Promise<[WsSocket]>;
    const platform = new WebSocket(`ws://127.0.0.1:${port}`);
    await once(platform, "open");
    const client = fromWebSocket(platform);
    const peer = fromWebSocket((await accepted)[0]);
    const received = bytesOf(peer.readable);
    await peer.writeAll("from ws");
    await peer.flush();
    await client.writeAll(new Uint8Array(3_000_000).fill(7));
    await client.flush();
    await client.close();
    const bytes = await received;
    expect(bytes.length).toBe(3_000_000);
    expect(bytes.every((byte) => byte === 7)).toBe(true);
    expect(await textOf(client.readable)).toBe("from ws");
  });

  it("uses the whole of a socket of another copy of ws", async () => {
    const folder = mkdtempSync(join(tmpdir(), "aw-ws-"));
    after(() => rmSync(folder, { recursive: true }));
    const require = createRequire(import.meta.url);
    cpSync(dirname(require.resolve("ws")), folder, { recursive: true });
    const copy = require(folder) as { WebSocket: typeof WsSocket };
    expect(copy.WebSocket).not.toBe(WsSocket);
    const listener = await listen();
    after(() => listener.abort());
    const ws = new copy.WebSocket(`ws://127.0.0.1:${portOf(listener)}`);
    await once(ws, "open");
    const client = fromWebSocket(ws, { heartbeat: { interval: 1000 } });
    const server = await next(listener);
    client.abort();
    // A platform's socket could only send a close frame.
    const error = await failureOf(bytesOf(server.readable));
    expect((error.cause as WebSocketCloseError).closeCode).toBe(1006);
  });

  it.each<[string, unknown]>([
    ["is closed already", { readyState: 3 }],
    ["is none", {}],
    ["is undefined", undefined],
  ])("refuses a socket that %s", (_name, ws) => {
    expect(() => fromWebSocket(ws as WebSocket)).toThrow(AsyncWriteError);
  });
});

describe("heartbeat", () => {
  it("finds a peer that shows no sign of life", async () => {
    const { port, sockets } = await rawServer((socket) => upgradeByHand(socket));
    const client = await connect(`ws://127.0.0.1:${port}`, {
      heartbeat: { interval: 20, timeout: 20 },
    });
    const error = await failureOf(bytesOf(client.readable));
    expect(error.code).toBe("ERR_AW_TIMEOUT");
    expect((await failureOf(client.writeAll("x"))).code).toBe("ERR_AW_TIMEOUT");
    await until(() => sockets.size === 0);
  });

  it("keeps a connection to a peer that answers, both ways", async () => {
    const server = new WebSocketServer({ port: 0 });
    after(() => server.close());
    const accepted = once(server, "connection") as Promise<[WsSocket]>;
    const client = await connect(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      heartbeat: { interval: 1, timeout: 5000 },
    });
    const [peer] = await accepted;
    let pings = 0;
    peer.on("ping", () => pings++);
    await until(() => pings >= 3);
    expect(client.state).toBe("open");
    peer.send(Buffer.from("hi"));
    await client.close();
    expect(await textOf(client.readable)).toBe("hi");
  });
});

describe("options", () => {
  it.each([
    ["a URL that is none", () => connect("nonsense")],
    ["another scheme", () => connect("ftp://x")],
    ["a bad protocol", () => connect("ws://127.0.0.1:1", { protocols: ["a b"] })],
    ["maxMessageBytes 0", () => connect("ws://127.0.0.1:1", { maxMessageBytes: 0 })],
    ["a negative closeTimeout", () => connect("ws://127.0.0.1:1", { closeTimeout: -1 })],
    ["heartbeat NaN", () => connect("ws://127.0.0.1:1", { heartbeat: { interval: Number.NaN } })],
    ["a timer that can't wait so long", () => connect("ws://127.0.0.1:1", { timeout: 2 ** 31 })],
    ["headers that are none", () => connect("ws://127.0.0.1:1", { headers: { "a b": "c" } })],
    ["maxPayload 1.5", () => listen({ maxPayload: 1.5 })],
    ["maxConnections 0", () => listen({ maxConnections: 0 })],
    ["a deadline NaN", async () => (await pair()).listener.close({ deadline: Number.NaN })],
    ["an impossible port", () => listen({ port: 70_000 })],
  ])("refuses %s", async (_name, run) => {
    expect((await failureOf(run())).code).toBe("ERR_AW_INVALID_ARGUMENT");
  });
});

/** Takes the upgrade, and then does nothing whatever comes. */
function upgradeByHand(socket: Socket): void {
  socket.once("data", (data) => {
    const key = /sec-websocket-key: (.*)\r\n/i.exec(data.toString())?.[1] ?? "";
    const accept = createHash("sha1")
      .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest("base64");
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    socket.resume();
  });
}
