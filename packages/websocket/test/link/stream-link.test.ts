import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { StreamLink, type PlatformWebSocketStream } from "../../src/link/stream-link.ts";
import type { Closure } from "../../src/link/link.ts";
import { turn } from "../instruments.ts";

interface Ending {
  closeCode?: number;
  reason?: string;
}

/** A WebSocketStream whose network the test plays. */
function made({ pausing = false } = {}) {
  const closes: Ending[] = [];
  const sent: (string | Uint8Array)[] = [];
  const closed = Promise.withResolvers<Ending>();
  let network!: ReadableStreamDefaultController<string | ArrayBuffer | Uint8Array>;
  let pulls = 0;
  const readable = new ReadableStream<string | ArrayBuffer | Uint8Array>(
    { start: (controller) => void (network = controller), pull: () => void pulls++ },
    { highWaterMark: 0 },
  );
  /** Pending while the network takes nothing. */
  let room: PromiseWithResolvers<void> | undefined;
  const writable = new WritableStream<Uint8Array | string>({
    async write(message) {
      await room?.promise;
      sent.push(message);
    },
  });
  const opened = { protocol: "chat", readable, writable };
  const socket: PlatformWebSocketStream = {
    opened: Promise.resolve(opened),
    closed: closed.promise,
    close: (info = {}) => void closes.push(info),
  };
  const link = new StreamLink(socket, opened, "websocket test");
  const got: (string | number[])[] = [];
  const closures: Closure[] = [];
  link.start({
    opened: () => {},
    binary: (bytes) => {
      got.push([...bytes]);
      if (pausing) link.pause();
    },
    text: (text) => got.push(text),
    failed: () => {},
    lost: () => {},
    closed: (closure) => closures.push(closure),
  });
  return {
    link,
    network,
    closed,
    closes,
    sent,
    got,
    closures,
    pulls: () => pulls,
    stall: () => (room = Promise.withResolvers()),
  };
}

const settled = async (): Promise<void> => {
  for (let turns = 0; turns < 3; turns++) await turn();
};

describe("a link over a WebSocketStream", () => {
  it("is open, and has name and subprotocol", () => {
    const { link } = made();
    expect([link.isOpen, link.name, link.protocol]).toEqual([true, "websocket test", "chat"]);
  });

  it("passes on bytes and text as they come, and then how it ended", async () => {
    const { network, closed, got, closures } = made();
    network.enqueue(Uint8Array.of(1, 2));
    network.enqueue(Uint8Array.of(3).buffer);
    network.enqueue("text");
    network.close();
    closed.resolve({ closeCode: 1000, reason: "done" });
    await settled();
    expect(got).toEqual([[1, 2], [3], "text"]);
    expect(closures).toEqual([{ code: 1000, reason: "done" }]);
  });

  it("asks for no more while it is paused", async () => {
    const { link, network, got, pulls } = made();
    network.enqueue(Uint8Array.of(1));
    await settled();
    link.pause();
    network.enqueue(Uint8Array.of(2));
    network.enqueue(Uint8Array.of(3));
    await settled();
    // One read was under way.
    expect(got).toEqual([[1], [2]]);
    const before = pulls();
    await settled();
    expect(pulls()).toBe(before);
    link.resume();
    link.resume();
    await settled();
    expect(got).toEqual([[1], [2], [3]]);
  });

  it("passes on what came before its end, also if it is paused then", async () => {
    const { link, network, closed, got, closures } = made();
    await settled();
    link.pause();
    for (let byte = 1; byte <= 3; byte++) network.enqueue(Uint8Array.of(byte));
    await settled();
    expect(got).toEqual([[1]]);
    network.close();
    closed.resolve({});
    await settled();
    expect(got).toEqual([[1], [2], [3]]);
    expect(closures).toEqual([{ code: 1005, reason: "" }]);
    // After the end there is nothing to hold back.
    link.pause();
  });

  it.each([
    [
      { closeCode: 4321, reason: "out of tea" },
      { code: 4321, reason: "out of tea" },
    ],
    [{ closeCode: null }, { code: 1006, reason: "" }],
    [{}, { code: 1006, reason: "" }],
  ])("that was cut off with %j ends with %j", async (error, closure) => {
    const { network, closed, closures } = made();
    network.error(new Error("cut off"));
    closed.reject(Object.assign(new Error("cut off"), error));
    await settled();
    expect(closures).toEqual([closure]);
  });

  it("passes on what came before its end to who would pause it again and again", async () => {
    const { network, closed, got, closures } = made({ pausing: true });
    for (let byte = 1; byte <= 3; byte++) network.enqueue(Uint8Array.of(byte));
    network.close();
    closed.resolve({ closeCode: 1000 });
    await settled();
    expect(got).toEqual([[1], [2], [3]]);
    expect(closures).toHaveLength(1);
  });

  it("does not wait for who paused it once it is cut off", async () => {
    const { link, network, got } = made();
    await settled();
    link.pause();
    for (let byte = 1; byte <= 3; byte++) network.enqueue(Uint8Array.of(byte));
    await settled();
    expect(got).toEqual([[1]]);
    link.terminate();
    link.pause();
    await settled();
    expect(got).toEqual([[1], [2], [3]]);
  });

  it("answers a message once the platform has taken it, and closes behind the last one", async () => {
    const { link, closes, sent, stall } = made();
    await settled();
    const room = stall();
    let answers = 0;
    link.sendBytes(Uint8Array.of(1, 2, 3), 2, () => answers++);
    link.close(1001, "bye");
    link.close(1000, "again");
    await settled();
    expect([sent, answers, closes]).toEqual([[], 0, []]);
    room.resolve();
    await settled();
    expect([sent, answers]).toEqual([[Uint8Array.of(1, 2), Uint8Array.of(3)], 1]);
    expect(closes).toEqual([{ closeCode: 4001, reason: "bye" }]);
    let drained = false;
    link.drained(() => (drained = true));
    expect(drained).toBe(true);
  });

  it("does not answer what was never taken: its end does", async () => {
    const { link, network, closed, closures, stall } = made();
    await settled();
    const room = stall();
    let answered = false;
    link.send("lost", () => (answered = true));
    await settled();
    room.reject(new Error("cut off"));
    network.error(new Error("cut off"));
    closed.reject(new Error("cut off"));
    await settled();
    expect(answered).toBe(false);
    expect(closures).toEqual([{ code: 1006, reason: "" }]);
  });

  it("is cut off by a code of its own, once, and goes on to its end", async () => {
    const { link, network, closed, closes, closures } = made();
    await settled();
    link.pause();
    network.enqueue("one");
    await settled();
    link.terminate();
    link.terminate();
    link.close(1000, "");
    expect(closes).toEqual([{ closeCode: 4000, reason: "aborted" }]);
    network.close();
    closed.resolve({ closeCode: 4000 });
    await settled();
    expect(closures).toEqual([{ code: 4000, reason: "" }]);
    expect(closes).toHaveLength(1);
  });

  it("does not take what its consumer throws for the end", async () => {
    const [opened, closed] = [Promise.withResolvers<never>(), Promise.withResolvers<never>()];
    const readable = new ReadableStream<string>({
      start: (controller) => controller.enqueue("one"),
    });
    const link = new StreamLink(
      { opened: opened.promise, closed: closed.promise, close() {} },
      { protocol: "", readable, writable: new WritableStream() },
      "websocket test",
    );
    const others = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection");
    const unhandled = once(process, "unhandledRejection");
    const broken = new Error("a bug of the consumer");
    link.start({
      opened: () => {},
      binary: () => {},
      text: () => {
        throw broken;
      },
      failed: () => {},
      lost: () => {},
      closed: () => {},
    });
    expect((await unhandled)[0]).toBe(broken);
    for (const other of others) process.on("unhandledRejection", other);
  });
});
