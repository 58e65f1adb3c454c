import { once } from "node:events";
import { createServer as createHttpsServer } from "node:https";
import { connect as connectSocket, createServer, type AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { PENDING, type Done } from "@aw/core";
import { selfSigned } from "@aw/testing";
import { attach, connect } from "@aw/websocket";
import { describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { socketOf } from "../../src/link/node/ws-socket.ts";
import { socketAtOnce, tookAtOnce } from "../../src/link/node/took-at-once.ts";
import { WsLink } from "../../src/link/node/ws-link.ts";
import { WebSocketConnection } from "../../src/link/websocket-connection.ts";
import { after, bytesOf, failureOf, next, pair, turn, until } from "../instruments.ts";
import { SilentLink } from "./silent-link.ts";

const NEVER = { wake() {} };

/** Bytes that differ from place to place, and from `round` to round. */
const pattern = (length: number, round: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (index + round * 31) & 0xff);

describe.each(["client", "server"] as const)("a %s", (end) => {
  it("has sent at once what the kernel takes at once", async () => {
    const ends = await pair();
    const writer = ends[end];
    for (const length of [1, 200, 200, 1024, 1025, 60_000]) {
      await writer.writeAll(new Uint8Array(length));
      expect(writer.pollFlush(NEVER)).toBeUndefined();
    }
  });

  it.each([100, 1000, 5000, 60_000, 100_000])(
    "sends each byte once and in order while its peer does not read: %d bytes at a time",
    async (length) => {
      const ends = await pair();
      const writer = ends[end];
      const peer = ends[end === "client" ? "server" : "client"];
      const sent: Uint8Array[] = [];
      // Full for good: what comes now waits in the process.
      for (let waits = 0; waits < 50;) {
        if (writer.pollFlush(NEVER) === PENDING) {
          waits++;
          await turn();
          continue;
        }
        waits = 0;
        const chunk = pattern(length, sent.length);
        sent.push(chunk);
        await writer.writeAll(chunk);
      }
      const reading = bytesOf(peer.readable);
      await writer.flush();
      await writer.writeAll(pattern(length, sent.length));
      sent.push(pattern(length, sent.length));
      await writer.close();
      expect(Buffer.compare(await reading, Buffer.concat(sent))).toBe(0);
    },
  );

  it.each([100, 1000])(
    "keeps what waits apart from what other connections send: %d bytes at a time",
    async (length) => {
      const [stuck, free] = [await pair(), await pair()];
      const writer = stuck[end];
      const peer = stuck[end === "client" ? "server" : "client"];
      void bytesOf(free[end === "client" ? "server" : "client"].readable).catch(() => {});
      let sent = 0;
      for (let waits = 0; waits < 50;) {
        waits = writer.pollFlush(NEVER) === PENDING ? waits + 1 : 0;
        if (waits === 0) {
          await writer.writeAll(new Uint8Array(length).fill(1));
          sent += length;
          continue;
        }
        await free[end].writeAll(new Uint8Array(length).fill(2));
        await free[end].flush();
        await turn();
      }
      const reading = bytesOf(peer.readable);
      await writer.close();
      const got = await reading;
      expect([got.length, got.every((byte) => byte === 1)]).toEqual([sent, true]);
    },
  );

  it("that was cut off takes nothing more, and fails", async () => {
    const ends = await pair();
    const writer = ends[end];
    ends[end === "client" ? "server" : "client"].abort();
    const error = await failureOf(
      (async () => {
        for (;;) {
          await writer.writeAll("x");
          await turn();
        }
      })(),
    );
    expect(["ERR_AW_CONNECTION_RESET", "ERR_AW_BROKEN_PIPE"]).toContain(error.code);
  });
});

it("what is written while the socket is being destroyed is not sent, and is no crash", async () => {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  after(() => server.close());
  await once(server, "listening");
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await once(client, "open");
  const socket = socketOf(client);
  const link = new WsLink(client, "test", { role: "client", socket });
  const connection = new WebSocketConnection(link);
  await connection.writeAll("x");
  expect(connection.pollFlush(NEVER)).toBeUndefined();
  socket?.destroy();
  expect([link.canSendAtOnce, connection.state]).toEqual([true, "open"]);
  await connection.writeAll("y");
  expect(connection.pollFlush(NEVER)).toBe(PENDING);
  await until(() => connection.state === "failed");
});

it("compressed messages, and those over TLS, are answered later", async () => {
  const compressed = await pair({ perMessageDeflate: true }, { perMessageDeflate: true });
  await compressed.client.writeAll("x");
  expect(compressed.client.pollFlush(NEVER)).toBe(PENDING);
  await compressed.client.flush();

  const certificate = await selfSigned("localhost");
  const https = createHttpsServer(certificate).listen(0, "127.0.0.1");
  after(() => https.close());
  await once(https, "listening");
  const accepted = next(attach(https));
  const url = `wss://localhost:${(https.address() as AddressInfo).port}`;
  const client = await connect(url, { tls: { ca: certificate.cert } });
  after(() => client.abort());
  for (const writer of [client, await accepted]) {
    await writer.writeAll("x");
    expect(writer.pollFlush(NEVER)).toBe(PENDING);
    await writer.flush();
  }
});

it("a Duplex that is no socket may keep a chunk that it has answered", () => {
  expect(socketAtOnce(new PassThrough())).toBeUndefined();
  expect(socketAtOnce(undefined)).toBeUndefined();
});

it("a socket that was ended or destroyed has taken nothing", async () => {
  const server = createServer((socket) => socket.resume()).listen(0, "127.0.0.1");
  after(() => server.close());
  await once(server, "listening");
  const socket = connectSocket((server.address() as AddressInfo).port, "127.0.0.1");
  await once(socket, "connect");
  expect(tookAtOnce(socket)).toBe(true);
  socket.end();
  expect([socket.writableLength, tookAtOnce(socket)]).toEqual([0, false]);
  socket.destroy();
  expect(tookAtOnce(socket)).toBe(false);
});

describe("a connection over a link that sends at once", () => {
  /** A link that says whether it can, and answers when it is told to. */
  class AtOnceLink extends SilentLink {
    canSendAtOnce = true;
    hasRoom = true;
    answer: Done | undefined;

    sendAtOnce(bytes: Uint8Array, maxLength: number): boolean {
      this.log.push(`${bytes.length} at once, ${maxLength} a message`);
      return this.hasRoom;
    }

    whenSent(done: Done): void {
      this.log.push("when sent");
      this.answer = done;
    }
  }

  function over(link: AtOnceLink): WebSocketConnection {
    const connection = new WebSocketConnection(link, { maxMessageBytes: 1000 });
    link.log.splice(0);
    return connection;
  }

  it("asks for an answer only if the bytes have not left", async () => {
    const link = new AtOnceLink();
    const connection = over(link);
    await connection.writeAll("four");
    expect(connection.pollFlush(NEVER)).toBeUndefined();
    expect(link.log).toEqual(["4 at once, 1000 a message"]);
    link.hasRoom = false;
    await connection.writeAll("three");
    expect(connection.pollFlush(NEVER)).toBe(PENDING);
    expect(link.log.slice(1)).toEqual(["5 at once, 1000 a message", "when sent"]);
    link.answer?.();
    expect(connection.pollFlush(NEVER)).toBeUndefined();
  });

  it("sends as any other while the link can't, as before it is open", async () => {
    const link = new AtOnceLink();
    link.isOpen = link.canSendAtOnce = false;
    const connection = over(link);
    await connection.writeAll("early");
    const flushing = connection.flush();
    for (let turns = 0; turns < 5; turns++) await turn();
    expect(link.log).toEqual([]);
    link.isOpen = link.canSendAtOnce = true;
    link.events.opened();
    await flushing;
    expect(link.log).toEqual(["5 bytes"]);
    await connection.writeAll("late");
    await connection.flush();
    expect(link.log).toEqual(["5 bytes", "4 at once, 1000 a message"]);
  });

  it("sends nothing over one that is lost", async () => {
    const link = new AtOnceLink();
    const connection = over(link);
    const lost = Object.assign(new Error("gone"), { code: "ECONNRESET" });
    link.events.lost(lost as never);
    await connection.writeAll("x");
    await failureOf(connection.flush());
    expect(link.log.filter((line) => line.includes("at once"))).toEqual([]);
  });
});
