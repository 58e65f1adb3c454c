import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { Duplex } from "node:stream";
import { EventEmitter } from "node:events";
import { AsyncWriteError } from "@aw/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AcceptOptions } from "../../src/accept/node/accept-options.ts";
import { Acceptor } from "../../src/accept/node/acceptor.ts";
import type { WsLink } from "../../src/link/node/ws-link.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A client's socket, and what it was answered. */
class Client extends Duplex {
  answer = "";
  /** Whether it takes no answer. */
  isStuck = false;

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.answer += chunk.toString();
    if (!this.isStuck) done();
  }

  get status(): number {
    return Number(/^HTTP\/1.1 (\d+)/.exec(this.answer)?.[1] ?? 0);
  }
}

/** An acceptor between a listener and an upgrader that the test plays. */
function made(options: AcceptOptions = {}) {
  const ended: boolean[] = [];
  const added: unknown[] = [];
  const refused: AsyncWriteError[] = [];
  const listener = {
    held: 0,
    full: undefined as AsyncWriteError | undefined,
    add(connection: unknown) {
      added.push(connection);
      return (orderly: boolean) => ended.push(orderly);
    },
    toString: () => "websocket test",
  };
  const upgrades: { head: string; ws: EventEmitter }[] = [];
  const upgrader = {
    isClosed: false,
    /** Whether handshakes are valid. */
    isValid: true,
    close() {
      this.isClosed = true;
    },
    handleUpgrade(
      _request: unknown,
      socket: Client,
      head: Buffer,
      upgraded: (ws: unknown) => void,
    ) {
      expect(socket.isPaused()).toBe(false);
      if (!this.isValid) return;
      const ws = new EventEmitter();
      upgrades.push({ head: head.toString(), ws });
      upgraded(ws);
    },
  };
  const acceptor = new Acceptor(
    listener as never,
    upgrader as never,
    { onRefused: (error) => refused.push(error), ...options },
    (link: WsLink, _request, accepted) => ({ name: link.name, accepted }) as never,
  );
  const take = (head = ""): Client => {
    const client = new Client();
    const request = { headers: {}, socket: { remoteAddress: "127.0.0.1", remotePort: 9 } };
    acceptor.take(request as IncomingMessage, client, Buffer.from(head));
    return client;
  };
  return { acceptor, listener, upgrader, upgrades, added, ended, refused, take };
}

describe("an upgrade", () => {
  it("becomes a connection, with what came too early and what it was accepted with", async () => {
    const { take, added, upgrades, ended, refused } = made({
      authorize: async () => {
        await turn();
        return { accept: 5 };
      },
    });
    const client = take("early ");
    // That it has to wait ends with the judgement.
    client.push("more");
    await turn();
    expect(added).toEqual([{ name: "websocket from 127.0.0.1:9", accepted: 5 }]);
    expect(upgrades.map(({ head }) => head)).toEqual(["early more"]);
    upgrades[0]?.ws.emit("close", 1000);
    upgrades[0]?.ws.emit("close", 1006);
    expect([ended, refused]).toEqual([[true, false], []]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("with a handshake that is not valid is reported, and not waited for at the end", async () => {
    const { acceptor, upgrader, take, added, refused } = made();
    upgrader.isValid = false;
    const client = take();
    await turn();
    expect(added).toEqual([]);
    expect(refused.map(({ message }) => message)).toEqual([
      "websocket: refused 127.0.0.1:9: its handshake is not valid",
    ]);
    acceptor.stop();
    expect([upgrader.isClosed, client.destroyed]).toEqual([true, true]);
  });

  it("that authorize refuses is answered and reported", async () => {
    const { take, added, refused } = made({ authorize: () => false });
    const client = take();
    await turn();
    expect([client.status, added]).toEqual([401, []]);
    expect(refused.map(({ code }) => code)).toEqual(["ERR_AW_CONNECT"]);
  });

  it("whose client has left is nothing any more", async () => {
    const answer = Promise.withResolvers<boolean>();
    const { take, added, refused } = made({ authorize: () => answer.promise });
    take().destroy();
    await turn();
    answer.resolve(true);
    await turn();
    expect([added, refused]).toEqual([[], []]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("authorize", () => {
  it.each([undefined, 50])("has its time, %s", async (authorizeTimeout) => {
    const answer = Promise.withResolvers<boolean>();
    const { take, added, refused } = made({ authorize: () => answer.promise, authorizeTimeout });
    const client = take();
    const stuck = take();
    stuck.isStuck = true;
    const ms = authorizeTimeout ?? 10_000;
    vi.advanceTimersByTime(ms - 1);
    await turn();
    expect(client.status).toBe(0);
    vi.advanceTimersByTime(1);
    await turn();
    expect(client.status).toBe(503);
    const late = {
      code: "ERR_AW_TIMEOUT",
      message: `websocket: refused 127.0.0.1:9: authorize did not answer within ${ms} ms (authorizeTimeout)`,
    };
    expect(refused).toEqual([expect.objectContaining(late), expect.objectContaining(late)]);
    answer.resolve(true);
    await turn();
    expect(added).toEqual([]);
  });

  it("that still judges at the end is not waited for", async () => {
    const answer = Promise.withResolvers<boolean>();
    const { acceptor, take, added, refused } = made({ authorize: () => answer.promise });
    const clients = [take(), take()] as const;
    clients[1].isStuck = true;
    acceptor.stop();
    await turn();
    expect(clients.map(({ status }) => status)).toEqual([503, 503]);
    // Nor is it late any more.
    vi.advanceTimersByTime(10_000);
    answer.resolve(true);
    await turn();
    expect([added, refused]).toEqual([[], []]);
  });
});

describe("more upgrades", () => {
  it("than maxWaiting that are being judged get 503", async () => {
    const answer = Promise.withResolvers<boolean>();
    const { take, added, refused } = made({ authorize: () => answer.promise, maxWaiting: 2 });
    const clients = [take(), take(), take()];
    await turn();
    expect(clients.map(({ status }) => status)).toEqual([0, 0, 503]);
    expect(refused[0]).toMatchObject({
      code: "ERR_AW_LIMIT",
      message:
        "websocket test: refused a connection, 2 wait for authorize; make it faster, or raise maxWaiting",
    });
    answer.resolve(true);
    await turn();
    expect(added).toHaveLength(2);
  });

  it("than 1,024 that are being judged get 503, unless told otherwise", () => {
    const { take, refused } = made({ authorize: () => new Promise(() => {}) });
    for (let count = 0; count < 1024; count++) take();
    expect(refused).toEqual([]);
    take();
    expect(refused).toHaveLength(1);
  });

  it("than maxConnections get 503: with those that are held, and with those that are judged", async () => {
    const answer = Promise.withResolvers<boolean>();
    const { listener, take, refused } = made({
      authorize: () => answer.promise,
      maxConnections: 3,
    });
    listener.held = 2;
    const clients = [take(), take()];
    await turn();
    expect(clients.map(({ status }) => status)).toEqual([0, 503]);
    expect(refused[0]).toMatchObject({
      code: "ERR_AW_LIMIT",
      message: expect.stringContaining("3 are open, being judged or untaken"),
    });
  });

  it("than the queue of the listener takes get 503, also if it is full only after the judgement", async () => {
    const full = new AsyncWriteError("ERR_AW_LIMIT", "full");
    const { listener, take, added, refused } = made();
    const late = take();
    listener.full = full;
    const early = take();
    await turn();
    expect([late.status, early.status, added]).toEqual([503, 503, []]);
    expect(refused).toEqual([full, full]);
  });
});

describe("a refusal", () => {
  it("whose onRefused throws is a warning, and answered all the same", async () => {
    const emitWarning = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const cause = new Error("no log");
    const { take } = made({
      authorize: () => false,
      onRefused: () => {
        throw cause;
      },
    });
    const client = take();
    await turn();
    expect(client.status).toBe(401);
    const [warning] = emitWarning.mock.calls[0] ?? [];
    expect(warning).toMatchObject({ message: "websocket test: onRefused threw", cause });
    emitWarning.mockRestore();
  });

  it("needs no onRefused; a channel says it, too", async () => {
    const emitWarning = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const messages: unknown[] = [];
    const listener = (message: unknown): void => void messages.push(message);
    subscribe("aw:websocket:refused", listener);
    const { take } = made({ authorize: () => false, onRefused: undefined });
    const client = take();
    await turn();
    unsubscribe("aw:websocket:refused", listener);
    expect(client.status).toBe(401);
    expect(messages).toEqual([
      { name: "websocket test", error: expect.objectContaining({ code: "ERR_AW_CONNECT" }) },
    ]);
    expect(emitWarning).not.toHaveBeenCalled();
    emitWarning.mockRestore();
  });

  it("that its client does not read is given up at the end", async () => {
    const { acceptor, take } = made({ authorize: () => false });
    const client = take();
    client.isStuck = true;
    await turn();
    expect(client.destroyed).toBe(false);
    acceptor.stop();
    expect(client.destroyed).toBe(true);
  });
});
