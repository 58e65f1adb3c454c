import { EventEmitter } from "node:events";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { WebSocket } from "ws";
import { Heartbeat } from "../../src/link/node/heartbeat.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What a heartbeat sees of a socket. */
class Peer extends EventEmitter {
  readonly OPEN = 1;
  readonly readyState = 1;
  isPaused = false;
  answers = true;
  pings = 0;

  ping(): void {
    this.pings++;
    if (this.answers) this.emit("pong");
  }
}

function watched(): { peer: Peer; dead: string[] } {
  const peer = new Peer();
  const dead: string[] = [];
  const options = { interval: 1000, timeout: 100 };
  new Heartbeat(peer as unknown as WebSocket, options, (message) => dead.push(message)).start();
  return { peer, dead };
}

it("pings an idle peer each interval, and leaves it alone while it answers", () => {
  const { peer, dead } = watched();
  vi.advanceTimersByTime(11_000);
  expect(peer.pings).toBe(10);
  expect(dead).toEqual([]);
});

it("sends no ping to a peer whose messages come anyway", () => {
  const { peer } = watched();
  for (let seconds = 0; seconds < 10; seconds++) {
    peer.emit("message");
    vi.advanceTimersByTime(1000);
  }
  expect(peer.pings).toBe(0);
});

it("finds a silent peer after the interval and the timeout, not before", () => {
  const { peer, dead } = watched();
  peer.answers = false;
  vi.advanceTimersByTime(1099);
  expect(dead).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(dead).toHaveLength(1);
});

it("concludes nothing while our reader makes the peer wait", () => {
  const { peer, dead } = watched();
  peer.answers = false;
  vi.advanceTimersByTime(1050);
  peer.isPaused = true;
  vi.advanceTimersByTime(60_000);
  expect(dead).toEqual([]);
  peer.isPaused = false;
  vi.advanceTimersByTime(2100);
  expect(dead).toHaveLength(1);
});

it("holds no timer once the socket is closed", () => {
  const { peer } = watched();
  vi.advanceTimersByTime(500);
  peer.emit("close");
  expect(vi.getTimerCount()).toBe(0);
});
