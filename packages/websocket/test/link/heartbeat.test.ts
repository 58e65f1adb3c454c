import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Heartbeat } from "../../src/link/node/heartbeat.ts";
import type { Pulse } from "../../src/link/node/pulse.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What a heartbeat sees of a connection. */
class Peer implements Pulse {
  isBlind = false;
  answers = true;
  /** When pings were sent. */
  readonly pings: number[] = [];
  /** How far the clock was put forward while no timer ran. */
  jumped = 0;
  /** Called at the next look, and how many there were. */
  onBeat: (() => void) | undefined;
  looks = 0;
  #alive = false;

  hear(): void {
    this.#alive = true;
  }

  beat(): boolean {
    const alive = this.#alive;
    this.#alive = false;
    if (this.onBeat !== undefined) this.looks++;
    this.onBeat?.();
    this.onBeat = undefined;
    return alive;
  }

  ping(): void {
    this.pings.push(this.now());
    if (this.answers) this.hear();
  }

  now(): number {
    return performance.now() - this.start + this.jumped;
  }

  readonly start: number = performance.now();
}

function watched(options = { interval: 1000, timeout: 100 }, peer = new Peer()) {
  const dead: string[] = [];
  const beating = new Heartbeat(
    peer,
    options,
    (message) => dead.push(message),
    () => peer.now(),
  );
  beating.start();
  return { peer, dead, beating };
}

it("pings an idle peer each interval, and leaves it alone while it answers", () => {
  const { peer, dead } = watched();
  vi.advanceTimersByTime(11_000);
  expect(peer.pings.length).toBeGreaterThanOrEqual(11);
  const gaps = peer.pings.slice(1).map((at, index) => at - (peer.pings[index] as number));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(1000);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(500);
  expect(dead).toEqual([]);
});

it("pings no later than the interval after the last byte, whenever that came", () => {
  for (let last = 0; last < 1000; last += 50) {
    const { peer, beating } = watched();
    vi.advanceTimersByTime(5000 + last);
    const before = peer.pings.length;
    const at = peer.now();
    peer.hear();
    vi.advanceTimersByTime(1000);
    expect(peer.pings.length).toBeGreaterThan(before);
    expect((peer.pings[before] as number) - at).toBeLessThanOrEqual(1000);
    beating.stop();
  }
});

it("pings by default within 30 s, so that a proxy that waits 60 s sees it", () => {
  const { peer } = watched({} as { interval: number; timeout: number });
  vi.advanceTimersByTime(600_000);
  const all = [0, ...peer.pings];
  const gaps = all.slice(1).map((at, index) => at - (all[index] as number));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(30_000);
});

it("finds a silent peer by default 10 s after a ping, by a clock of its own", () => {
  const peer = new Peer();
  peer.answers = false;
  const dead: string[] = [];
  new Heartbeat(peer, {}, (message) => dead.push(message)).start();
  vi.advanceTimersByTime(24_999);
  expect(dead).toEqual([]);
  vi.advanceTimersByTime(2);
  expect(dead).toHaveLength(1);
});

it("does not count what came before it began", () => {
  const peer = new Peer();
  peer.hear();
  watched(undefined, peer);
  vi.advanceTimersByTime(500);
  expect(peer.pings).toEqual([500]);
});

it("pings at its first look, also if that is late", () => {
  const { peer } = watched();
  peer.jumped = 60;
  vi.advanceTimersByTime(500);
  expect(peer.pings).toEqual([560]);
});

it("sends no ping to a peer whose bytes come anyway", () => {
  const { peer } = watched();
  for (let time = 0; time < 10_000; time += 100) {
    peer.hear();
    vi.advanceTimersByTime(100);
  }
  expect(peer.pings).toEqual([]);
});

it.each([100, 700, 5000])("finds a silent peer %i ms after a ping, not before", (timeout) => {
  const { peer, dead } = watched({ interval: 1000, timeout });
  peer.answers = false;
  vi.advanceTimersByTime(500);
  expect(peer.pings).toEqual([500]);
  vi.advanceTimersByTime(timeout - 1);
  expect(dead).toEqual([]);
  vi.advanceTimersByTime(2);
  expect(dead).toHaveLength(1);
  expect(dead[0]).toContain(`${timeout} ms`);
  vi.advanceTimersByTime(60_000);
  expect(dead).toHaveLength(1);
});

it("takes any byte within the timeout as life, such as a part of a long message", () => {
  const { peer, dead } = watched();
  peer.answers = false;
  vi.advanceTimersByTime(500);
  for (let round = 0; round < 100; round++) {
    peer.hear();
    vi.advanceTimersByTime(90);
  }
  expect(dead).toEqual([]);
});

it("concludes nothing while our reader makes the peer wait, but goes on pinging", () => {
  const { peer, dead } = watched();
  peer.answers = false;
  peer.isBlind = true;
  vi.advanceTimersByTime(60_000);
  expect(dead).toEqual([]);
  const gaps = peer.pings.slice(1).map((at, index) => at - (peer.pings[index] as number));
  expect(new Set(gaps)).toEqual(new Set([1000]));
  peer.isBlind = false;
  vi.advanceTimersByTime(2100);
  expect(dead).toHaveLength(1);
});

it("gives a peer its time anew that was suspended together with us", () => {
  const { peer, dead } = watched();
  peer.answers = false;
  vi.advanceTimersByTime(550);
  expect(peer.pings).toHaveLength(1);
  // The clock went on; timers did not.
  peer.jumped = 3_600_000;
  vi.advanceTimersByTime(60);
  expect(dead).toEqual([]);
  vi.advanceTimersByTime(40);
  peer.hear();
  vi.advanceTimersByTime(100);
  expect(dead).toEqual([]);
  vi.advanceTimersByTime(2000);
  expect(dead).toHaveLength(1);
});

it.each([
  { late: 49, alive: false },
  { late: 50, alive: true },
])("takes a timer that is $late ms late, of 100, for a suspension: $alive", ({ late, alive }) => {
  const { peer, dead } = watched();
  peer.answers = false;
  vi.advanceTimersByTime(550);
  peer.jumped = late;
  vi.advanceTimersByTime(51);
  expect(dead).toHaveLength(alive ? 0 : 1);
  vi.advanceTimersByTime(101);
  expect(dead).toHaveLength(1);
});

it("reads what waits before it concludes", () => {
  const { peer, dead } = watched();
  peer.answers = false;
  vi.advanceTimersByTime(500);
  // The pong has arrived, but timers come before reads.
  peer.onBeat = () => setImmediate(() => peer.hear());
  vi.advanceTimersByTime(110);
  expect(dead).toEqual([]);
  expect(peer.looks).toBeGreaterThan(0);
  // It goes on.
  vi.advanceTimersByTime(2000);
  expect(dead).toHaveLength(1);
});

it("holds no timer once it is stopped", () => {
  const { beating } = watched();
  vi.advanceTimersByTime(500);
  beating.stop();
  expect(vi.getTimerCount()).toBe(0);
});

it("concludes nothing once it is stopped", () => {
  const { peer, dead, beating } = watched();
  peer.answers = false;
  vi.advanceTimersByTime(500);
  // After the look that finds the time over, before what waits is read.
  peer.onBeat = () => setImmediate(() => beating.stop());
  vi.advanceTimersByTime(60_000);
  expect(dead).toEqual([]);
});
