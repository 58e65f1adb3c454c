import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ConnectRace } from "../src/connect-race.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const DELAY = 250;

/** A socket that connects, or fails, when the test says so. */
class Attempt extends EventEmitter {
  destroyed = false;

  destroy(): void {
    this.destroyed = true;
  }

  connect(): void {
    this.emit("connect");
  }

  fail(message: string): void {
    this.emit("error", new Error(message));
  }
}

function raceOf(attempts: (() => Socket)[]): ConnectRace {
  const running = new ConnectRace(DELAY);
  running.begin(attempts);
  return running;
}

/** A race of so many attempts, of which `begun` are those that run or ran. */
function race(count: number): { begun: Attempt[]; race: ConnectRace } {
  const begun: Attempt[] = [];
  const begin = (): Socket => {
    const attempt = new Attempt();
    begun.push(attempt);
    return attempt as unknown as Socket;
  };
  return { begun, race: raceOf(Array.from({ length: count }, () => begin)) };
}

const pick = (attempts: Attempt[], index: number): Attempt => attempts[index] as Attempt;

describe("attempts to connect", () => {
  it("begin one after the other, each a delay after the one before", () => {
    const { begun } = race(3);
    expect(begun).toHaveLength(1);
    vi.advanceTimersByTime(DELAY - 1);
    expect(begun).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(begun).toHaveLength(2);
    vi.advanceTimersByTime(DELAY);
    expect(begun).toHaveLength(3);
    // The last one is followed by none, and no timer waits for it.
    expect(vi.getTimerCount()).toBe(0);
    expect(begun.some(({ destroyed }) => destroyed)).toBe(false);
  });

  it("begin at once after a failure, and the next delay counts from then", () => {
    const { begun } = race(3);
    vi.advanceTimersByTime(DELAY - 1);
    pick(begun, 0).fail("refused");
    expect(begun).toHaveLength(2);
    vi.advanceTimersByTime(DELAY - 1);
    expect(begun).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(begun).toHaveLength(3);
  });

  it("have one winner: the others are destroyed, and none begins any more", async () => {
    const { begun, race: running } = race(4);
    vi.advanceTimersByTime(2 * DELAY);
    const [slow, quick, other] = [pick(begun, 0), pick(begun, 1), pick(begun, 2)];
    quick.connect();
    expect(await running.winner).toBe(quick);
    expect([slow.destroyed, quick.destroyed, other.destroyed]).toEqual([true, false, true]);
    vi.advanceTimersByTime(10 * DELAY);
    expect(begun).toHaveLength(3);
    // What the losers still have to say is nobody's affair, and no uncaught exception.
    for (const message of ["too late", "later still"]) slow.fail(message);
    slow.connect();
    expect(await running.winner).toBe(quick);
  });

  it("leave no listener of their own on the winner", async () => {
    const { begun, race: running } = race(1);
    pick(begun, 0).connect();
    await running.winner;
    expect(pick(begun, 0).eventNames()).toEqual([]);
  });

  it("go on while others fail: a slow answer beats none", async () => {
    const { begun, race: running } = race(3);
    vi.advanceTimersByTime(2 * DELAY);
    pick(begun, 1).fail("refused");
    pick(begun, 2).fail("refused");
    vi.advanceTimersByTime(100 * DELAY);
    pick(begun, 0).connect();
    expect(await running.winner).toBe(begun[0]);
  });

  it("that all fail reject with each error, in the order in which they came", async () => {
    const { begun, race: running } = race(2);
    const failed = expect(running.winner).rejects.toMatchObject({
      message: "no address could be connected to",
      errors: [{ message: "first" }, { message: "second" }],
    });
    pick(begun, 0).fail("first");
    pick(begun, 1).fail("second");
    await failed;
  });

  it("reject with the error itself, if there was only one attempt", async () => {
    const { begun, race: running } = race(1);
    const failed = expect(running.winner).rejects.toThrow("refused");
    pick(begun, 0).fail("refused");
    await failed;
    await expect(running.winner).rejects.not.toBeInstanceOf(AggregateError);
  });

  it("that can't begin count as failed, and the next one begins", async () => {
    const won = new Attempt();
    const running = raceOf([
      () => {
        throw new Error("no such family");
      },
      () => won as unknown as Socket,
    ]);
    won.connect();
    expect(await running.winner).toBe(won);
    const broken = raceOf(
      ["one", "two"].map((message) => () => {
        throw new Error(message);
      }),
    );
    await expect(broken.winner).rejects.toMatchObject({
      errors: [{ message: "one" }, { message: "two" }],
    });
  });
});

describe("a race that is abandoned", () => {
  const late = new Error("too late");

  it("rejects with the reason, destroys what runs, and begins nothing more", async () => {
    const { begun, race: running } = race(3);
    vi.advanceTimersByTime(DELAY);
    running.abandon(late);
    await expect(running.winner).rejects.toBe(late);
    expect(begun.map(({ destroyed }) => destroyed)).toEqual([true, true]);
    expect(vi.getTimerCount()).toBe(0);
    pick(begun, 0).fail("destroyed");
    expect(begun).toHaveLength(2);
  });

  it("begins nothing if that was before its attempts were known", async () => {
    const running = new ConnectRace(DELAY);
    const begin = vi.fn(() => new Attempt() as unknown as Socket);
    running.abandon(late);
    running.begin([begin]);
    await expect(running.winner).rejects.toBe(late);
    expect(begin).not.toHaveBeenCalled();
  });

  it("leaves the winner alone", async () => {
    const { begun, race: running } = race(1);
    pick(begun, 0).connect();
    running.abandon(late);
    expect(await running.winner).toBe(begun[0]);
    expect(pick(begun, 0).destroyed).toBe(false);
  });

  it("has failed already, or fails later: the first reason counts", async () => {
    const { begun, race: running } = race(1);
    pick(begun, 0).fail("refused");
    running.abandon(late);
    await expect(running.winner).rejects.toThrow("refused");
    const { begun: failing, race: other } = race(1);
    other.abandon(late);
    pick(failing, 0).fail("refused");
    await expect(other.winner).rejects.toBe(late);
  });
});
