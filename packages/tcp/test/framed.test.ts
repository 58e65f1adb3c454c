import type { AddressInfo } from "node:net";
import { buffered, framed, limit, lines, ndjson, unframed, type AsyncWrite } from "@aw/core";
import { connect, listen, type TcpConnection } from "@aw/tcp";
import { describe, expect, it } from "vitest";

/** Both ends of one connection. */
async function pair(): Promise<[TcpConnection, TcpConnection]> {
  const listener = await listen();
  const loop = listener[Symbol.asyncIterator]();
  const client = await connect({ port: (listener.address as AddressInfo).port });
  const { value: server } = await loop.next();
  void listener.close();
  return [client, server as TcpConnection];
}

describe("messages over TCP", () => {
  it.each<[string, (socket: AsyncWrite) => AsyncWrite]>([
    ["a connection", (socket) => socket],
    ["a layer over it", (socket) => limit(socket, 1000)],
  ])("leave without a flush, one by one: %s", async (_name, over) => {
    const [client, server] = await pair();
    const answering = (async () => {
      const answers = framed(over(server), ndjson<number>());
      for await (const asked of unframed(server.reader, ndjson<number>()))
        await answers.send(asked * 2);
      await answers.close();
    })();
    const out = framed(over(client), ndjson<number>());
    const answers = unframed(client.reader, ndjson<number>());
    for (let number = 0; number < 3; number++) {
      await out.send(number);
      expect(await answers.next()).toEqual({ done: false, value: number * 2 });
    }
    await out.close();
    expect(await answers.next()).toMatchObject({ done: true });
    await answering;
  });

  it("wait for a flush where a layer below does, as plain writes to that do", async () => {
    const [client, server] = await pair();
    const out = framed(buffered(client), lines());
    await out.send("waits");
    await client.writeAll("first\n");
    const received = unframed(server.reader, lines());
    expect(await received.next()).toMatchObject({ value: "first" });
    await out.flush();
    expect(await received.next()).toMatchObject({ value: "waits" });
    client.abort();
    server.abort();
  });
});
