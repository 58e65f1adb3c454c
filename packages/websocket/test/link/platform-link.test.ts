import { expect, it, vi } from "vitest";
import { PlatformLink, unreachable, type PlatformWebSocket } from "../../src/link/platform-link.ts";
import { checkSocket } from "../../src/link/platform-socket.ts";
import { WebSocketConnection } from "../../src/link/websocket-connection.ts";
import { WebSocketMessages } from "../../src/link/messages.ts";
import { after, bytesOf, failureOf } from "../instruments.ts";

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
  // Its end is waited for, by a timer.
  after(() => fake.end(1000));
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

it.each<[string, (connection: WebSocketConnection) => void, number, string]>([
  ["close", (connection) => void connection.close().catch(() => {}), 1000, ""],
  ["abort", (connection) => connection.abort(), 4000, "aborted"],
  ["drop with 1008", (connection) => connection.drop(1008, "why"), 4008, "why"],
  ["drop with 3000", (connection) => connection.drop(3000, "why"), 3000, "why"],
])("sends a %s with a code that the platform takes", (_name, end, code, reason) => {
  const { fake, connection } = connected();
  end(connection);
  expect(fake.closes).toEqual([[code, reason]]);
});

it("refuses text, with a code that the platform takes", () => {
  const { fake, connection } = connected();
  fake.receive("text");
  expect(connection.state).toBe("failed");
  expect(fake.closes).toEqual([[4003, "only binary messages"]]);
});

it("says why it could not connect, as far as that is known", () => {
  const cause = new Error("the platform's");
  expect(unreachable("connect ws://x", cause)).toMatchObject({ code: "ERR_AW_CONNECT", cause });
});

it("fails a message that waits for room when the peer closes, and looks no more", async () => {
  vi.useFakeTimers();
  const fake = new Fake();
  const messages = new WebSocketMessages(new PlatformLink(fake as never, "websocket"));
  fake.bufferedAmount = 256 * 1024;
  await messages.send("").then(() => fake.sent.push("taken"));
  const sending = failureOf(messages.send("x"));
  vi.advanceTimersByTime(100);
  expect(fake.sent).toEqual(["", "taken", "x"]);
  fake.end(1000);
  expect((await sending).code).toBe("ERR_AW_BROKEN_PIPE");
  vi.advanceTimersByTime(100);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

it("fails a message that the platform does not take, and no other", async () => {
  class Picky extends Fake {
    isPicky = true;

    override send(data: string | Uint8Array): void {
      if (this.isPicky) throw new TypeError("DataCloneError");
      super.send(data);
    }
  }
  const fake = new Picky();
  const messages = new WebSocketMessages(new PlatformLink(fake as never, "websocket"));
  expect(await failureOf(messages.send("x"))).toMatchObject({
    code: "ERR_AW_IO",
    message: expect.stringContaining("DataCloneError"),
  });
  fake.isPicky = false;
  await messages.send("y");
  expect(fake.sent).toEqual(["y"]);
});

it("is made of a WebSocket that is open or connecting", () => {
  const refused = (message: string) =>
    expect.objectContaining({ code: "ERR_AW_INVALID_ARGUMENT", message });
  for (const readyState of [0, 1]) checkSocket("test", { readyState });
  for (const readyState of [2, 3]) {
    expect(() => checkSocket("test", { readyState })).toThrow(
      refused("test: the WebSocket is closed already; make a new one"),
    );
  }
  for (const value of [undefined, null, {}, { readyState: "1" }, "ws://x"]) {
    expect(() => checkSocket("test", value as never)).toThrow(
      refused("test: expected a WebSocket of ws or of the platform"),
    );
  }
});

it.each([
  { platform: "answers closes itself", readyState: 3, closes: [] },
  { platform: "leaves that to the program", readyState: 2, closes: [[1000, undefined]] },
])("answers a close once where the platform $platform", ({ readyState, closes }) => {
  const { fake } = connected();
  fake.readyState = readyState;
  fake.dispatchEvent(Object.assign(new Event("close"), { code: 1000, reason: "" }));
  expect(fake.closes).toEqual(closes);
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
