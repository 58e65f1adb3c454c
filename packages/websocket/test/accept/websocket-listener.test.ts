import type { Server } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WebSocketListener, type Acceptable } from "../../src/accept/node/websocket-listener.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A connection that notes how it was ended. */
class Connection implements Acceptable {
  readonly log: string[] = [];

  abort(reason?: unknown): void {
    this.log.push(`abort ${String(reason)}`);
  }

  drop(code: number, reason?: string): void {
    this.log.push(`drop ${code} ${reason ?? ""}`.trim());
  }
}

function made(maxWaiting?: number, address: unknown = { address: "::1", port: 9 }) {
  let stops = 0;
  const server = { address: () => address } as Server;
  const listener = new WebSocketListener<Connection>(server, maxWaiting, () => stops++);
  const loop = listener[Symbol.asyncIterator]();
  const add = () => {
    const connection = new Connection();
    return { connection, ended: listener.add(connection) };
  };
  return { listener, loop, add, stops: () => stops };
}

describe("a listener", () => {
  it.each([
    [{ address: "::1", port: 9 }, "websocket [::1]:9"],
    [{ address: "127.0.0.1", port: 9 }, "websocket 127.0.0.1:9"],
    ["/tmp/x.sock", "websocket unix /tmp/x.sock"],
    [null, "websocket listener"],
  ])("on %j is called %s", (address, name) => {
    const { listener } = made(undefined, address);
    expect([String(listener), listener.address]).toEqual([name, address]);
  });

  it("gives its connections away in order, and counts those that are open", async () => {
    const { listener, loop, add } = made();
    const [a, b] = [add(), add()];
    expect([listener.connections, listener.held]).toEqual([2, 2]);
    expect(await loop.next()).toEqual({ done: false, value: a.connection });
    a.ended(true);
    a.ended(true);
    expect([listener.connections, listener.held]).toEqual([1, 1]);
    expect((await loop.next()).value).toBe(b.connection);
    b.ended(false);
    expect([listener.connections, listener.held]).toEqual([0, 0]);
  });

  it("keeps one that ended before it was taken only if there may be something to read", async () => {
    const { listener, loop, add } = made();
    const [good, bad, open] = [add(), add(), add()];
    good.ended(true);
    bad.ended(false);
    // The good one counts until it is taken.
    expect([listener.connections, listener.held]).toEqual([1, 2]);
    expect((await loop.next()).value).toBe(good.connection);
    expect([listener.connections, listener.held]).toEqual([1, 1]);
    expect((await loop.next()).value).toBe(open.connection);
  });

  it("says when more wait than may", async () => {
    const { listener, loop, add } = made(2);
    add();
    expect(listener.full).toBeUndefined();
    add();
    expect(listener.full).toMatchObject({
      code: "ERR_AW_LIMIT",
      message: expect.stringContaining("websocket [::1]:9: refused a connection, 2 wait"),
    });
    await loop.next();
    expect(listener.full).toBeUndefined();
  });

  it("ends a loop that is left, and no other", async () => {
    const { loop, listener, add } = made();
    const other = listener[Symbol.asyncIterator]();
    const [left, kept] = [loop.next(), other.next()];
    expect(await loop.return?.()).toEqual({ done: true, value: undefined });
    expect((await left).done).toBe(true);
    const { connection } = add();
    expect((await kept).value).toBe(connection);
  });
});

describe("a close of a listener", () => {
  it("ends the loop, tells untaken ones 1001, and waits for the open ones", async () => {
    const { listener, loop, add, stops } = made();
    let ran = 0;
    listener.onStop(() => ran++);
    const [taken, untaken] = [add(), add()];
    await loop.next();
    let closed = false;
    const closing = listener.close().then(() => (closed = true));
    await turn();
    expect([stops(), ran, closed]).toEqual([1, 1, false]);
    expect([taken.connection.log, untaken.connection.log]).toEqual([[], ["drop 1001"]]);
    untaken.ended(false);
    // There is no deadline.
    vi.advanceTimersByTime(1_000_000);
    await turn();
    expect([closed, taken.connection.log]).toEqual([false, []]);
    taken.ended(true);
    await closing;
    // The second call waits for nothing, and stops nothing again.
    await listener.close();
    expect([stops(), ran, listener.connections, listener.held]).toEqual([1, 1, 0, 0]);
    expect(await loop.next()).toEqual({ done: true, value: undefined });
  });

  it.each([
    [{ deadline: 100 }, "drop 1001"],
    [{ deadline: 100, code: 1012, reason: "again soon" } as const, "drop 1012 again soon"],
  ])("with %j says %s then, and cuts off a second later", async (options, said) => {
    const { listener, loop, add } = made();
    const { connection, ended } = add();
    await loop.next();
    const closing = listener.close(options);
    vi.advanceTimersByTime(99);
    expect(connection.log).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(connection.log).toEqual([said]);
    vi.advanceTimersByTime(999);
    expect(connection.log).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(connection.log).toEqual([said, "abort undefined"]);
    ended(false);
    await closing;
  });

  it("leaves no timer if all have ended before", async () => {
    const { listener, loop, add } = made();
    const { ended } = add();
    await loop.next();
    const closing = listener.close({ deadline: 100 });
    ended(true);
    await closing;
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    { code: 1000 },
    { code: 1011 },
    { reason: "x".repeat(124) },
    { reason: 5 },
    { deadline: -1 },
  ])("refuses %j, and goes on", async (options) => {
    const { listener, add, stops } = made();
    await expect(listener.close(options as never)).rejects.toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
    });
    add();
    expect([stops(), listener.connections]).toEqual([0, 1]);
  });

  it("takes a reason of 123 bytes", async () => {
    await made().listener.close({ reason: "x".repeat(123) });
  });
});

describe("an abort of a listener", () => {
  it("aborts what is open, taken or not, with its reason", async () => {
    const { listener, loop, add, stops } = made();
    const [taken, untaken] = [add(), add()];
    await loop.next();
    listener.abort("no more");
    listener.abort("again");
    expect(stops()).toBe(1);
    expect(taken.connection.log).toEqual(["abort no more", "abort again"]);
    expect(untaken.connection.log).toEqual(["drop 1001", "abort no more", "abort again"]);
    expect((await loop.next()).done).toBe(true);
  });

  it("is what leaving an `await using` block does, which waits for the rest", async () => {
    const { listener, loop, add } = made();
    const { connection, ended } = add();
    await loop.next();
    let left = false;
    const leaving = listener[Symbol.asyncDispose]().then(() => (left = true));
    await turn();
    expect(left).toBe(false);
    expect(connection.log).toEqual(["abort Error: the `await using` block of the listener ended"]);
    ended(false);
    await leaving;
  });
});
