import { expect, it, vi } from "vitest";
import { PlatformLink, type PlatformWebSocket } from "../../src/link/platform-link.ts";
import { WebSocketConnection } from "../../src/link/websocket-connection.ts";
import { WebSocketMessages } from "../../src/link/messages.ts";
import { bytesOf, failureOf } from "../instruments.ts";

/** A WebSocket of a platform whose network the test plays. */
class Fake extends EventTarget {
  binaryType = "blob";
  bufferedAmount = 0;
  readyState = 1;
  protocol = "";
  readonly url = "ws://fake";
  readonly sent: (string | Uint8Array)[] = [];
  readonly closes: [number | undefined, string | undefined][] = [];

  send(data: string | Uint8Array): void {
    if (this.readyState === 0) throw new Error("InvalidStateError");
    this.sent.push(data);
    this.bufferedAmount += data.length;
  }

  close(code?: number, reason?: string): void {
    this.closes.push([code, reason]);
  }

  open(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }

  receive(data: ArrayBuffer | string): void {
    this.dispatchEvent(Object.assign(new Event("message"), { data }));
  }

  /** The peer closes; what is buffered now never leaves. */
  end(code: number): void {
    this.readyState = 3;
    this.dispatchEvent(Object.assign(new Event("close"), { code, reason: "" }));
  }
}

function connected(readyState = 1): { fake: Fake; connection: WebSocketConnection } {
  const fake = new Fake();
  fake.readyState = readyState;
  const link = new PlatformLink(fake as unknown as PlatformWebSocket, "websocket");
  return { fake, connection: new WebSocketConnection(link) };
}

it.each(["flush", "close"] as const)(
  "fails a %s whose bytes never left when the peer closes with 1000",
  async (method) => {
    const { fake, connection } = connected();
    await connection.writeAll("lost");
    const waiting = failureOf(connection[method]());
    fake.end(1000);
    expect((await waiting).code).toBe("ERR_AW_BROKEN_PIPE");
    expect(await bytesOf(connection.readable)).toHaveLength(0);
  },
);

it.each(["flush", "close"] as const)(
  "finishes a %s whose bytes have left when the peer closes with 1000",
  async (method) => {
    const { fake, connection } = connected();
    await connection.writeAll("here");
    const waiting = connection[method]();
    fake.bufferedAmount = 0;
    fake.end(1000);
    await waiting;
    await connection.close();
  },
);

it("fails when bytes that were taken earlier never left, although nobody flushes", async () => {
  const { fake, connection } = connected();
  await connection.writeAll(new Uint8Array(1000));
  await new Promise((resolve) => setImmediate(resolve));
  expect(fake.bufferedAmount).toBe(1000);
  fake.end(1000);
  expect((await failureOf(connection.close())).code).toBe("ERR_AW_BROKEN_PIPE");
});

it("takes what is written while it is connecting, and sends it once it is open", async () => {
  const { fake, connection } = connected(0);
  await connection.writeAll("early");
  const flushing = connection.flush();
  await new Promise((resolve) => setImmediate(resolve));
  expect(fake.sent).toEqual([]);
  fake.open();
  fake.receive(new Uint8Array([7]).buffer);
  fake.bufferedAmount = 0;
  await flushing;
  expect(fake.sent.map((message) => Buffer.from(message).toString())).toEqual(["early"]);
  const { value } = await connection.readable.getReader().read();
  expect(value).toEqual(new Uint8Array([7]));
});

it("knows subprotocol and half-close once it is open", () => {
  const { fake, connection } = connected(0);
  expect([connection.protocol, connection.halfClose]).toEqual(["", false]);
  fake.protocol = "chat+aw.half-close.v1";
  fake.open();
  expect([connection.protocol, connection.halfClose]).toEqual(["chat", true]);
});

it("fails with CONNECT if it never opens", async () => {
  const { fake, connection } = connected(0);
  const flushing = failureOf(connection.writeAll("x").then(() => connection.flush()));
  await new Promise((resolve) => setImmediate(resolve));
  fake.end(1006);
  expect((await flushing).code).toBe("ERR_AW_CONNECT");
  expect((await failureOf(bytesOf(connection.readable))).code).toBe("ERR_AW_CONNECT");
});

it("sends messages in order once it is open, and then the close", async () => {
  const fake = new Fake();
  fake.readyState = 0;
  const link = new PlatformLink(fake as unknown as PlatformWebSocket, "websocket");
  const messages = new WebSocketMessages(link);
  const sends = [messages.send("a"), messages.send("b")];
  const closing = messages.close();
  fake.open();
  await Promise.all(sends);
  expect(fake.sent).toEqual(["a", "b"]);
  expect(fake.closes).toEqual([[1000, ""]]);
  fake.bufferedAmount = 0;
  fake.end(1000);
  await closing;
});

it("holds a peer back no more than its API can, but fails when too much comes after close()", async () => {
  vi.useFakeTimers();
  const { fake, connection } = connected();
  const closing = connection.close();
  for (let count = 0; count < 20; count++) fake.receive(new ArrayBuffer(64 * 1024));
  vi.advanceTimersByTime(1000);
  vi.useRealTimers();
  fake.end(1000);
  expect((await failureOf(bytesOf(connection.readable))).code).toBe("ERR_AW_LIMIT");
  await closing;
});
