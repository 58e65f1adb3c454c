import { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";
import { expect, it } from "vitest";
import type { WebSocket } from "ws";
import { WsPulse } from "../../src/link/node/pulse.ts";

/** What a pulse sees of a socket below. */
class Wire {
  bytesRead = 0;
  bytesWritten = 0;
  writableLength = 0;
  paused = false;
  /** As on the handle of Node: what is left of the write in progress. */
  readonly handle = { writeQueueSize: 0 };
  readonly _handle = this.handle;

  isPaused(): boolean {
    return this.paused;
  }
}

class Ws extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  isPaused = false;
  pings = 0;

  ping(): void {
    this.pings++;
  }
}

function felt(wire: Wire | undefined = new Wire()) {
  const ws = new Ws();
  const pulse = new WsPulse(ws as unknown as WebSocket, wire as unknown as Duplex);
  pulse.beat();
  return { ws, wire, pulse };
}

it("is any byte that arrives, once", () => {
  const { wire, pulse } = felt();
  expect(pulse.beat()).toBe(false);
  wire.bytesRead += 1;
  expect(pulse.beat()).toBe(true);
  expect(pulse.beat()).toBe(false);
});

it.each(["message", "ping", "pong"])("is a %s where the socket below is not known", (event) => {
  const ws = new Ws();
  const pulse = new WsPulse(ws as unknown as WebSocket, undefined);
  pulse.beat();
  ws.emit(event);
  expect(pulse.beat()).toBe(true);
  expect(pulse.beat()).toBe(false);
});

it("is a message with its bytes", () => {
  const { ws, wire, pulse } = felt();
  ws.emit("message");
  wire.bytesRead += 1;
  expect(pulse.beat()).toBe(true);
});

it("is a write that had to wait and is less, where nobody counts what the kernel took of it", () => {
  const { wire, pulse } = felt();
  wire.bytesWritten = 1000;
  wire.writableLength = 1000;
  expect(pulse.beat()).toBe(false);
  wire.writableLength = 400;
  expect(pulse.beat()).toBe(true);
  expect(pulse.beat()).toBe(false);
});

it("is not what the kernel takes at once: it would from a peer that is dead", () => {
  const { wire, pulse } = felt();
  for (let count = 0; count < 10; count++) {
    wire.bytesWritten += 100;
    expect(pulse.beat()).toBe(false);
  }
});

it("is a write that had to wait and is done, as a whole or in part", () => {
  const { wire, pulse } = felt();
  wire.bytesWritten = 1000;
  wire.writableLength = 1000;
  wire.handle.writeQueueSize = 1000;
  expect(pulse.beat()).toBe(false);
  // Nothing moves.
  expect(pulse.beat()).toBe(false);
  // A part of it, within one write.
  wire.handle.writeQueueSize = 400;
  expect(pulse.beat()).toBe(true);
  expect(pulse.beat()).toBe(false);
  // More is written behind it, and nothing leaves.
  wire.bytesWritten += 500;
  wire.writableLength += 500;
  expect(pulse.beat()).toBe(false);
  // All of it.
  wire.writableLength = 0;
  wire.handle.writeQueueSize = 0;
  expect(pulse.beat()).toBe(true);
  expect(pulse.beat()).toBe(false);
});

it("can't be felt while our reader, or the unpacking of a message, makes the peer wait", () => {
  const { ws, wire, pulse } = felt();
  expect(pulse.isBlind).toBe(false);
  ws.isPaused = true;
  expect(pulse.isBlind).toBe(true);
  ws.isPaused = false;
  wire.paused = true;
  expect(pulse.isBlind).toBe(true);
  expect(new WsPulse(new Ws() as unknown as WebSocket, undefined).isBlind).toBe(false);
});

it("pings no socket that is closing", () => {
  const { ws, pulse } = felt();
  pulse.ping();
  expect(ws.pings).toBe(1);
  ws.readyState = 2;
  pulse.ping();
  expect(ws.pings).toBe(1);
});
