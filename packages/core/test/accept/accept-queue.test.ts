import { AcceptQueue, formatAddress } from "@aw/core/implementor";
import { describe, expect, it } from "vitest";

class FakeConnection {
  readonly number: number;
  abortedFor: unknown;

  constructor(number: number) {
    this.number = number;
  }

  abort(reason?: unknown): void {
    this.abortedFor = reason ?? "no reason";
  }
}

function queueOf(maxWaiting?: number): AcceptQueue<FakeConnection> {
  return new AcceptQueue<FakeConnection>({ name: () => "tcp [::1]:80", maxWaiting });
}

async function take(iterator: AsyncIterator<FakeConnection>): Promise<number | undefined> {
  const { done, value } = await iterator.next();
  return done === true ? undefined : value.number;
}

describe("AcceptQueue", () => {
  it("gives connections in the order they came, to those who wait longest", async () => {
    const queue = queueOf();
    const a = queue[Symbol.asyncIterator]();
    const b = queue[Symbol.asyncIterator]();
    const first = take(a);
    const second = take(b);
    for (const number of [1, 2, 3, 4])
      expect(queue.offer(new FakeConnection(number))).toBe(undefined);
    expect(queue.waiting).toBe(2);
    expect(await Promise.all([first, second, take(b), take(a)])).toEqual([1, 2, 3, 4]);
    expect(queue.waiting).toBe(0);
  });

  it("ends a loop that is left, and not the others", async () => {
    const queue = queueOf();
    const left = queue[Symbol.asyncIterator]();
    const other = queue[Symbol.asyncIterator]();
    const waiting = [take(left), take(other)];
    expect(await left.return?.()).toEqual({ done: true, value: undefined });
    queue.offer(new FakeConnection(1));
    expect(await Promise.all(waiting)).toEqual([undefined, 1]);
  });

  it("holds a bounded count of those that nobody takes, and refuses the rest", async () => {
    const queue = queueOf(2);
    const third = new FakeConnection(3);
    queue.offer(new FakeConnection(1));
    expect(queue.full).toBe(undefined);
    queue.offer(new FakeConnection(2));
    const limit = expect.objectContaining({
      code: "ERR_AW_LIMIT",
      message:
        "tcp [::1]:80: refused a connection, 2 wait that nobody has taken; iterate over the listener, or close it",
    });
    expect(queue.full).toEqual(limit);
    expect(queue.offer(third)).toEqual(limit);
    expect(third.abortedFor).toEqual(limit);
    expect(await take(queue[Symbol.asyncIterator]())).toBe(1);
    expect(queue.full).toBe(undefined);
    expect(queue.offer(new FakeConnection(4))).toBe(undefined);
  });

  it("holds 1,024 by default", () => {
    const queue = queueOf();
    for (let number = 0; number < 1_024; number++) queue.offer(new FakeConnection(number));
    expect(queue.waiting).toBe(1_024);
    expect(queue.offer(new FakeConnection(-1))?.code).toBe("ERR_AW_LIMIT");
  });

  it("that may hold none still hands over to a loop that waits", async () => {
    const queue = queueOf(0);
    expect(queue.full?.code).toBe("ERR_AW_LIMIT");
    const taken = take(queue[Symbol.asyncIterator]());
    expect(queue.full).toBe(undefined);
    expect(queue.offer(new FakeConnection(1))).toBe(undefined);
    expect(await taken).toBe(1);
  });

  it("drops one that ended before anybody took it", async () => {
    const queue = queueOf();
    const ended = new FakeConnection(1);
    queue.offer(ended);
    queue.offer(new FakeConnection(2));
    expect(queue.remove(ended)).toBe(true);
    expect(queue.remove(ended)).toBe(false);
    expect(await take(queue[Symbol.asyncIterator]())).toBe(2);
  });

  it("ends its loops at close, aborts what waits, and what still comes", async () => {
    const queue = queueOf();
    const waiting = new FakeConnection(1);
    const late = new FakeConnection(2);
    queue.offer(waiting);
    const iterator = queue[Symbol.asyncIterator]();
    queue.close("shutdown");
    expect(waiting.abortedFor).toBe("shutdown");
    expect(await take(iterator)).toBe(undefined);
    expect(queue.offer(late)?.code).toBe("ERR_AW_CLOSED");
    expect(late.abortedFor).toMatchObject({ code: "ERR_AW_CLOSED" });
    expect(queue.waiting).toBe(0);
    queue.close();
  });

  it("ends a loop that waits while it closes", async () => {
    const queue = queueOf();
    const taken = take(queue[Symbol.asyncIterator]());
    queue.close();
    expect(await taken).toBe(undefined);
  });

  it("loses no connection to a call that was given up", async () => {
    const queue = queueOf();
    const left = queue[Symbol.asyncIterator]();
    const abandoned = take(left);
    const other = take(queue[Symbol.asyncIterator]());
    await left.return?.();
    expect(await abandoned).toBe(undefined);
    queue.offer(new FakeConnection(1));
    expect(await other).toBe(1);
  });

  it("goes on after a loop was left", async () => {
    const queue = queueOf();
    queue.offer(new FakeConnection(1));
    queue.offer(new FakeConnection(2));
    for await (const { number } of queue) {
      expect(number).toBe(1);
      break;
    }
    expect(await take(queue[Symbol.asyncIterator]())).toBe(2);
  });
});

describe("formatAddress", () => {
  it("puts IPv6 addresses in brackets", () => {
    expect(formatAddress("127.0.0.1", 80)).toBe("127.0.0.1:80");
    expect(formatAddress("::1", 80)).toBe("[::1]:80");
    expect(formatAddress("logs.example", 443)).toBe("logs.example:443");
  });
});
