import { once } from "node:events";
import { connect, createServer, Socket, type AddressInfo, type Server } from "node:net";
import { Duplex } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
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
    expect([emitted, a.memory.size]).toEqual([0, 1]);
    expect(b.memory).toEqual(a.memory);
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
    expect([missed, [...seen]]).toEqual([0, [memory.buffer]]);
  });

  it("are told apart if their makers cut their memory out of one block", async () => {
    const block = new Uint8Array(200);
    const texts = ["first", "other"];
    const read = texts.map(async (text, index) => {
      const onread = {
        buffer: block.subarray(100 * index, 100 * index + 100),
        callback: () => true,
      };
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

  it("are sockets that have a handle, of a Node that has such insides", async () => {
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
});
