import { once } from "node:events";
import { connect, createServer, Socket, type AddressInfo, type Server } from "node:net";
import { Duplex } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fromNodeDuplex } from "../src/from-node-duplex.ts";
import { readsIntoShared, type OnRead } from "../src/shared-reads.ts";

describe("sockets that are read into memory that they share", () => {
  let server: Server;
  let port: number;
  const sockets: Socket[] = [];
  beforeEach(async () => {
    server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo);
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.close();
  });

  /** Two ends of a connection: the one that was accepted first. */
  async function pair(): Promise<[Socket, Socket]> {
    const client = connect({ port, host: "127.0.0.1" });
    const [accepted] = (await once(server, "connection")) as [Socket];
    await once(client, "ready");
    sockets.push(client, accepted);
    return [accepted, client];
  }

  /** What came by `onRead`, and the memory in which it was. */
  function readBy(socket: Socket): { text: () => string; memory: Set<ArrayBufferLike> } {
    let text = "";
    const memory = new Set<ArrayBufferLike>();
    const onRead: OnRead = function onRead(length, bytes) {
      expect(this).toBe(socket);
      text += Buffer.from(bytes.subarray(0, length)).toString();
      memory.add(bytes.buffer);
      return true;
    };
    expect(readsIntoShared(socket, onRead)).toBe(true);
    socket.resume();
    return { text: () => text, memory };
  }

  it("emit no data, accepted or connected", async () => {
    const [accepted, client] = await pair();
    let emitted = 0;
    for (const socket of [accepted, client]) socket.on("data", () => emitted++);
    const [a, b] = [readBy(accepted), readBy(client)];
    client.write("to the server");
    await expect.poll(a.text).toBe("to the server");
    accepted.write("to the client");
    await expect.poll(b.text).toBe("to the client");
    expect([emitted, a.memory.size, b.memory.size]).toEqual([0, 1, 1]);
    expect([...b.memory][0]).toBe([...a.memory][0]);
  });

  it("give what came before by data, and then how they ended", async () => {
    const [accepted, client] = await pair();
    client.write("before");
    await once(accepted, "readable");
    let emitted = "";
    accepted.on("data", (chunk) => (emitted += chunk));
    const { text } = readBy(accepted);
    client.end("after");
    await once(accepted, "end");
    expect([emitted, text()]).toEqual(["before", "after"]);
  });

  it("hold their peer back while they are paused", async () => {
    const [accepted, client] = await pair();
    const { text } = readBy(accepted);
    accepted.pause();
    await new Promise((resolve) => client.write("later", resolve));
    for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve));
    expect(text()).toBe("");
    accepted.resume();
    await expect.poll(text).toBe("later");
  });

  it("keep the memory that their maker gave them", async () => {
    const memory = new Uint8Array(100);
    let missed = 0;
    const onread = { buffer: memory, callback: () => ++missed > 0 };
    const client = connect({ port, host: "127.0.0.1", onread });
    const [accepted] = (await once(server, "connection")) as [Socket];
    await once(client, "ready");
    sockets.push(client, accepted);
    const { text, memory: seen } = readBy(client);
    accepted.write("hello");
    await expect.poll(text).toBe("hello");
    expect([missed, seen.size]).toEqual([0, 1]);
    expect([...seen][0]).toBe(memory.buffer);
  });

  const block = new Uint8Array(200);
  it.each([
    ["cut their memory out of one block", [block.subarray(0, 100), block.subarray(100, 200)]],
    ["gave each memory of its own", [new Uint8Array(100), new Uint8Array(100)]],
  ])("are told apart if their makers %s", async (_, memory) => {
    const texts = ["first", "other"];
    const read = texts.map(async (text, index) => {
      const onread = { buffer: memory[index] as Uint8Array, callback: () => true };
      const client = connect({ port, host: "127.0.0.1", onread });
      await once(client, "ready");
      sockets.push(client);
      const { reader } = fromNodeDuplex(client);
      client.write(text);
      return Buffer.from(await reader.readExactly(text.length)).toString();
    });
    server.on("connection", (socket) => sockets.push(socket.pipe(socket)));
    expect(await Promise.all(read)).toEqual(texts);
  });

  it("are sockets of a Node that has all of such insides", async () => {
    const [accepted] = await pair();
    const symbols = Object.getOwnPropertySymbols(accepted);
    const named = (name: string): symbol =>
      symbols.find(({ description }) => description === name) as symbol;
    for (const names of [[], [named("kBuffer")], [named("kBufferCb")]]) {
      vi.resetModules();
      const fresh = await import("../src/shared-reads.ts");
      const without = Object.create(
        accepted,
        Object.fromEntries(names.map((name) => [name, { value: null, writable: true }])),
      ) as Socket;
      expect(fresh.readsIntoShared(without, () => true)).toBe(false);
      expect(Reflect.ownKeys(without)).toEqual(names);
    }
  });

  it("are sockets that have a handle", async () => {
    const [accepted] = await pair();
    const taken = (): boolean => true;
    const without = Object.create(accepted) as Socket & { _handle: unknown };
    for (const handle of [null, undefined, {}]) {
      // oxlint-disable-next-line no-underscore-dangle -- this is Node's name
      without._handle = handle;
      expect(readsIntoShared(without, taken)).toBe(false);
    }
    expect(readsIntoShared(new Socket(), taken)).toBe(false);
    expect(readsIntoShared(new Duplex(), taken)).toBe(false);
  });

  describe("by a connection", () => {
    /** The next `count` bytes that are read, as text. */
    async function next({ reader }: ReturnType<typeof fromNodeDuplex>, count: number) {
      return String(Buffer.from(await reader.readExactly(count)));
    }

    it("emit no data, and show each read as it is, of whatever length", async () => {
      const [accepted, client] = await pair();
      const ours = fromNodeDuplex(accepted);
      let emitted = 0;
      accepted.on("data", () => emitted++);
      for (const text of ["four", "five", "longer", "short", "short", "s"]) {
        client.write(text);
        expect(await next(ours, text.length)).toBe(text);
      }
      expect(emitted).toBe(0);
    });

    it("give bytes whose slice is a copy, also of what came before by data", async () => {
      const [accepted, client] = await pair();
      client.write("before");
      await once(accepted, "readable");
      const ours = fromNodeDuplex(accepted);
      const chunk = await ours.reader.read();
      expect(chunk).toEqual(new Uint8Array(Buffer.from("before")));
      expect(Object.getPrototypeOf(chunk)).toBe(Uint8Array.prototype);
    });

    it("give what the stream holds before what comes after it", async () => {
      const [accepted, client] = await pair();
      // Who listens to this holds the bytes back in the stream.
      const peek = (): void => {};
      accepted.on("readable", peek);
      client.write("first ");
      await expect.poll(() => accepted.readableLength).toBe(6);
      const ours = fromNodeDuplex(accepted);
      const read = next(ours, 12);
      client.write("second");
      await expect.poll(() => accepted.bytesRead).toBe(12);
      accepted.off("readable", peek);
      expect(await read).toBe("first second");
    });

    it("are streams again once they were released", async () => {
      const [accepted, client] = await pair();
      const ours = fromNodeDuplex(accepted);
      client.write("ours");
      expect(await next(ours, 4)).toBe("ours");
      await ours.release();
      let text = "";
      accepted.on("data", (chunk) => (text += chunk)).resume();
      client.write("theirs");
      await expect.poll(() => text).toBe("theirs");
    });
  });
});
