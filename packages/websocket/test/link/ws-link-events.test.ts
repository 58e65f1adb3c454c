import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { WebSocket } from "ws";
import { InflateGate } from "../../src/link/node/inflate-gate.ts";
import { WsLink, type WsLinkOptions } from "../../src/link/node/ws-link.ts";
import { framesIn } from "../raw-peer.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

type Sent = (error?: Error | null) => void;

/** A socket of ws that the test plays. */
class Ws extends EventEmitter {
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readyState = 1;
  binaryType = "fragments";
  protocol = "chat";
  extensions = "";
  isPaused = false;
  readonly calls: string[] = [];
  readonly sends: Sent[] = [];

  send(message: Uint8Array | string, sent: Sent): void {
    this.calls.push(`send ${message.length}`);
    this.sends.push(sent);
  }

  close(code: number, reason: string): void {
    this.calls.push(`close ${code} ${reason}`);
  }

  terminate(): void {
    this.calls.push("terminate");
  }

  ping(): void {
    this.calls.push("ping");
  }

  pause(): void {
    this.isPaused = true;
    this.calls.push("pause");
  }

  resume(): void {
    this.isPaused = false;
    this.calls.push("resume");
  }
}

function made(options: WsLinkOptions = {}, ws = new Ws()) {
  const link = new WsLink(ws as unknown as WebSocket, "websocket test", options);
  const events: unknown[][] = [];
  link.start({
    opened: () => events.push(["opened"]),
    binary: (bytes) => events.push(["binary", [...bytes]]),
    text: (text) => events.push(["text", text]),
    failed: (error, code) => events.push(["failed", error.code, error.message, code]),
    lost: (error) => events.push(["lost", error.code]),
    closed: (closure) => events.push(["closed", closure]),
  });
  return { ws, link, events };
}

/** What the channels say while `body` runs. */
function published(body: () => void): { channel: string; message: Record<string, unknown> }[] {
  const messages: { channel: string; message: Record<string, unknown> }[] = [];
  const names = ["open", "close", "error"].map((name) => `aw:websocket:${name}`);
  const listener = (message: unknown, channel: string | symbol): void =>
    void messages.push({
      channel: String(channel),
      message: message as Record<string, unknown>,
    });
  for (const name of names) subscribe(name, listener);
  body();
  for (const name of names) unsubscribe(name, listener);
  return messages;
}

const failing = (code?: string): Error => Object.assign(new Error("odd"), code && { code });

describe("a link over ws", () => {
  it("tells messages and the end as they come", () => {
    const { ws, link, events } = made();
    expect([link.isOpen, link.protocol, ws.binaryType]).toEqual([true, "chat", "nodebuffer"]);
    ws.emit("message", Buffer.from([1, 2]), true);
    ws.emit("message", Buffer.from("text"), false);
    ws.emit("close", 1001, Buffer.from("bye"));
    expect(events).toEqual([
      ["binary", [1, 2]],
      ["text", "text"],
      ["closed", { code: 1001, reason: "bye" }],
    ]);
  });

  it("is open once ws is", () => {
    const ws = new Ws();
    ws.readyState = 0;
    const { link, events } = made({}, ws);
    expect([link.isOpen, events]).toEqual([false, []]);
    ws.readyState = 1;
    ws.emit("open");
    expect([link.isOpen, events]).toEqual([true, [["opened"]]]);
    ws.emit("error", failing("ECONNRESET"));
    expect(events[1]?.[1]).toBe("ERR_AW_CONNECTION_RESET");
  });

  it("that did not open says why it could not connect", () => {
    const ws = new Ws();
    ws.readyState = 0;
    const { events } = made({}, ws);
    const messages = published(() => {
      ws.emit("error", failing("ECONNREFUSED"));
      ws.emit("close", 1006, Buffer.alloc(0));
    });
    expect(events[0]).toEqual([
      "failed",
      "ERR_AW_CONNECT",
      "connect websocket test: refused; is the server running?",
      undefined,
    ]);
    // It never was: there is no close of it.
    expect(messages.map(({ channel }) => channel)).toEqual(["aw:websocket:error"]);
    expect(messages[0]?.message).toMatchObject({ name: "websocket test" });
  });

  it.each([
    ["WS_ERR_INVALID_OPCODE", 1002],
    ["Z_DATA_ERROR", 1002],
    ["ECONNRESET", undefined],
    ["MY_WS_ERR_X", undefined],
    [undefined, undefined],
  ])("that breaks with %s has the close code %s", (code, expected) => {
    const { ws, events } = made();
    ws.emit("error", failing(code));
    expect(events[0]?.[3]).toBe(expected);
  });

  it("passes on pause, resume, close and terminate", () => {
    const { ws, link } = made();
    link.resume();
    link.pause();
    link.resume();
    link.close(1000, "bye");
    link.terminate();
    expect(ws.calls).toEqual(["pause", "resume", "close 1000 bye", "terminate"]);
  });

  it("answers what has left, and leaves failures to the end", () => {
    const { ws, link } = made();
    let answers = 0;
    const done = (): void => void answers++;
    link.send("x", done);
    link.sendBytes(new Uint8Array(5), 2, done);
    expect(ws.calls).toEqual(["send 1", "send 2", "send 2", "send 1"]);
    ws.sends[0]?.();
    ws.sends[3]?.(null);
    expect(answers).toBe(2);
    ws.sends[0]?.(new Error("EPIPE"));
    expect(answers).toBe(2);
    link.drained(done);
    expect(answers).toBe(3);
  });
});

describe("frames of bytes", () => {
  const socket = () => {
    const through = new PassThrough();
    const written = (): Buffer => (through.read() as Buffer | null) ?? Buffer.alloc(0);
    return { through, written };
  };

  it.each(["client", "server"] as const)("go past ws as those of a %s", async (role) => {
    const { through, written } = socket();
    const ws = Object.assign(new Ws(), { _socket: through });
    const { link } = made({ role, socket: through }, ws);
    let answered = false;
    link.sendBytes(Buffer.from("hello"), 1000, () => (answered = true));
    const bytes = written();
    expect(framesIn(bytes)).toEqual([{ opcode: 2, payload: Buffer.from("hello") }]);
    expect(((bytes[1] as number) & 0x80) !== 0).toBe(role === "client");
    await new Promise((resolve) => setImmediate(resolve));
    expect([answered, ws.calls]).toEqual([true, []]);
    // A close frame has gone: nothing may come behind it.
    ws.readyState = 2;
    link.sendBytes(Buffer.from("late"), 1000, () => {});
    expect(written()).toHaveLength(0);
  });

  it.each([
    ["of a role that is not known", {}, ""],
    ["that are compressed", { role: "client" } as const, "permessage-deflate"],
  ])("%s go through ws", (_name, options, extensions) => {
    const { through, written } = socket();
    const ws = Object.assign(new Ws(), { _socket: through });
    ws.extensions = extensions;
    const { link } = made({ ...options, socket: through }, ws);
    link.sendBytes(Buffer.from("hello"), 1000, () => {});
    expect([ws.calls, written().length]).toEqual([["send 5"], 0]);
  });
});

describe("a heartbeat of a link", () => {
  it("fails the link without a code, and ends with it", () => {
    const { ws, events } = made({ heartbeat: { interval: 100, timeout: 10 } });
    const messages = published(() => vi.advanceTimersByTime(50));
    expect([ws.calls, messages]).toEqual([["ping"], []]);
    ws.emit("close", 1000, Buffer.alloc(0));
    expect(vi.getTimerCount()).toBe(0);
    expect(events).toHaveLength(1);
  });

  it("is off unless asked for, and begins once the link is open", () => {
    made();
    expect(vi.getTimerCount()).toBe(0);
    const ws = new Ws();
    ws.readyState = 0;
    made({ heartbeat: {} }, ws);
    expect(vi.getTimerCount()).toBe(0);
    ws.readyState = 1;
    ws.emit("open");
    expect(vi.getTimerCount()).toBe(1);
  });

  it("says that the peer is dead", async () => {
    const { events } = made({ heartbeat: { interval: 100, timeout: 10 } });
    const errors: unknown[] = [];
    const listener = (error: unknown): void => void errors.push(error);
    subscribe("aw:websocket:error", listener);
    vi.advanceTimersByTime(50);
    vi.advanceTimersByTime(10);
    await new Promise((resolve) => setImmediate(resolve));
    unsubscribe("aw:websocket:error", listener);
    expect(errors).toEqual([
      { name: "websocket test", error: expect.objectContaining({ code: "ERR_AW_TIMEOUT" }) },
    ]);
    const message = "websocket test: no sign of life within 10 ms of a ping; the peer is dead";
    expect(events).toEqual([["failed", "ERR_AW_TIMEOUT", message, undefined]]);
  });
});

it("the channels say when a connection was opened and closed, with its bytes and times", () => {
  const counted = Object.assign(new PassThrough(), { bytesRead: 5, bytesWritten: 7 });
  for (const known of [true, false]) {
    vi.advanceTimersByTime(10);
    const startedAt = performance.now();
    vi.advanceTimersByTime(20);
    const messages = published(() => {
      const { ws } = made(known ? { socket: counted, startedAt } : {});
      vi.advanceTimersByTime(30);
      ws.emit("close", 1001, Buffer.alloc(0));
    });
    const name = "websocket test";
    expect(messages).toEqual([
      {
        channel: "aw:websocket:open",
        message: { name, protocol: "chat", handshakeMs: known ? 20 : undefined },
      },
      {
        channel: "aw:websocket:close",
        message: {
          name,
          code: 1001,
          bytesRead: known ? 5 : undefined,
          bytesWritten: known ? 7 : undefined,
          openMs: 30,
        },
      },
    ]);
  }
});

describe("a socket that is gone while a compressed message waits for a reader", () => {
  it("is told of, because ws waits until that is read", () => {
    const extension = { decompress() {} };
    const socket = new PassThrough();
    const parts = { _socket: socket, _extensions: { "permessage-deflate": extension } };
    const ws = Object.assign(new Ws(), parts, { extensions: "permessage-deflate" });
    const { link, events } = made({}, ws);
    link.pause();
    (extension.decompress as (data: Buffer, fin: boolean, done: () => void) => void)(
      Buffer.alloc(1),
      true,
      () => {},
    );
    expect(events).toEqual([]);
    socket.emit("close");
    expect(events).toEqual([["lost", "ERR_AW_CONNECTION_RESET"]]);
  });
});

describe("a gate for compressed messages", () => {
  const gated = () => {
    const inflated: string[] = [];
    const results: unknown[] = [];
    const extension = {
      decompress(data: Buffer, fin: boolean, callback: (error: unknown, data?: Buffer) => void) {
        expect(this).toBe(extension);
        inflated.push(`${data.toString()} ${fin}`);
        callback(null, data);
      },
    };
    const ws = { _extensions: { "permessage-deflate": extension } };
    const gate = new InflateGate(ws as unknown as WebSocket);
    const inflate = (text: string): void =>
      extension.decompress(Buffer.from(text), true, (error) => results.push(error));
    return { gate, inflate, inflated, results };
  };

  it("lets them through while it is open, and holds one back while it is closed", () => {
    const { gate, inflate, inflated } = gated();
    inflate("a");
    gate.close();
    inflate("b");
    expect(inflated).toEqual(["a true"]);
    gate.open();
    gate.open();
    expect(inflated).toEqual(["a true", "b true"]);
    inflate("c");
    expect(inflated).toHaveLength(3);
  });

  it("throws away what waits when the connection is cut off, and what is looked at later", () => {
    const { gate, inflate, inflated, results } = gated();
    gate.close();
    inflate("a");
    expect(results).toEqual([]);
    gate.cut();
    gate.cut();
    const dropped = expect.objectContaining({ code: "ERR_AW_ABORTED" }) as Error;
    expect(results).toEqual([dropped]);
    inflate("b");
    expect(results).toEqual([dropped, dropped]);
    gate.open();
    inflate("c");
    expect([results.length, inflated]).toEqual([3, []]);
  });

  it.each(["before", "after"])("says that it holds one back, asked %s that", (when) => {
    const { gate, inflate } = gated();
    let said = 0;
    const ask = (): void =>
      gate.whenHolding(() => {
        said++;
      });
    if (when === "before") ask();
    inflate("a");
    expect(said).toBe(0);
    gate.close();
    inflate("b");
    if (when === "after") ask();
    expect(said).toBe(1);
    gate.open();
    gate.close();
    inflate("c");
    expect(said).toBe(1);
  });

  it("does nothing where ws has no such extension", () => {
    for (const ws of [{}, { _extensions: {} }, { _extensions: { "permessage-deflate": {} } }]) {
      const gate = new InflateGate(ws as unknown as WebSocket);
      gate.close();
      gate.open();
      gate.cut();
    }
  });
});
