import { once } from "node:events";
import { createServer } from "node:http";
import {
  attachMessages,
  connect,
  connectMessages,
  listen,
  listenMessages,
  type AcceptedConnection,
  type WebSocketCloseError,
} from "@aw/websocket";
import { describe, expect, expectTypeOf, it } from "vitest";
import { after, bytesOf, failureOf, leavingNothing, next, portOf } from "../instruments.ts";
import { framesIn, rawWebSocket } from "../raw-peer.ts";

describe("a connection of a listener", () => {
  it("has its request, and what authorize accepted it with", async () => {
    const listener = await listen({
      authorize: async ({ headers }) =>
        headers.cookie === "sid=1" ? { accept: { user: "ann" } } : false,
    });
    after(() => listener.abort());
    const url = `ws://127.0.0.1:${portOf(listener)}/room/7?user=ann`;
    await connect(url, { headers: { Cookie: "sid=1" } });
    const connection = await next(listener);
    expectTypeOf(connection).toEqualTypeOf<AcceptedConnection<{ user: string }>>();
    const { request } = connection;
    expect(request.url).toBe("/room/7?user=ann");
    expect(request.headers.cookie).toBe("sid=1");
    expect(request.remoteAddress).toBe("127.0.0.1");
    expect(request.accepted.user).toBe("ann");
    expect(String(connection)).toBe(`websocket from 127.0.0.1:${request.remotePort}`);
  });

  it("is named with brackets over IPv6", async () => {
    const listener = await listen({ host: "::1" });
    after(() => listener.abort());
    await connect(`ws://[::1]:${portOf(listener)}`);
    const connection = await next(listener);
    expect(String(connection)).toBe(`websocket from [::1]:${connection.request.remotePort}`);
    expect(String(listener)).toBe(`websocket [::1]:${portOf(listener)}`);
  });
});

describe("whole messages", () => {
  it("come and go from connectMessages to listenMessages, with the request", async () => {
    const listener = await listenMessages({ type: "text", authorize: () => ({ accept: 7 }) });
    after(() => listener.abort());
    const client = await connectMessages(`ws://127.0.0.1:${portOf(listener)}/a`, { type: "text" });
    const server = await next(listener);
    expect([server.request.url, server.request.accepted]).toEqual(["/a", 7]);
    await client.send("one");
    await client.send("");
    const closing = client.close();
    const got: unknown[] = [];
    for await (const message of server) got.push(message);
    expect(got).toEqual(["one", ""]);
    await closing;
  });

  it("come and go from attachMessages", async () => {
    const server = createServer();
    const listener = attachMessages(server, { path: "/m" });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    after(() => {
      listener.abort();
      server.close();
    });
    const client = await connectMessages(`ws://127.0.0.1:${portOf(listener)}/m`);
    const peer = await next(listener);
    await peer.send(new Uint8Array([1, 2]));
    const { value } = await client.readable.getReader().read();
    expect(Buffer.from(value as Uint8Array)).toEqual(Buffer.from([1, 2]));
    await peer.close();
  });
});

describe("a listener that closes", () => {
  it.each([
    [{}, 1001],
    [{ code: 1012, reason: "back in a minute" } as const, 1012],
  ])("tells who is left at the deadline why: %j", async (options, code) => {
    const listener = await listen();
    const client = await connect(`ws://127.0.0.1:${portOf(listener)}`);
    const server = await next(listener);
    const [read, , mine] = await Promise.all([
      failureOf(bytesOf(client.readable)),
      listener.close({ deadline: 10, ...options }),
      failureOf(bytesOf(server.readable)),
    ]);
    expect(read.code).toBe("ERR_AW_CONNECTION_RESET");
    const { closeCode, reason } = read.cause as WebSocketCloseError;
    expect([closeCode, reason]).toEqual([code, "reason" in options ? options.reason : ""]);
    expect(mine.code).toBe("ERR_AW_ABORTED");
  });

  it("tells those that nobody took 1001 at once", async () => {
    const listener = await listen();
    const client = await connect(`ws://127.0.0.1:${portOf(listener)}`);
    const reading = failureOf(bytesOf(client.readable));
    await listener.close();
    expect(((await reading).cause as WebSocketCloseError).closeCode).toBe(1001);
  });

  it(
    "does not wait for a peer that does not answer the close",
    leavingNothing(async () => {
      const listener = await listen();
      const socket = await rawWebSocket(portOf(listener));
      await next(listener);
      const got: Buffer[] = [];
      socket.on("data", (data) => got.push(data));
      await listener.close({ deadline: 0 });
      const [frame] = framesIn(Buffer.concat(got));
      expect([frame?.opcode, frame?.payload.readUInt16BE(0)]).toEqual([8, 1001]);
      socket.destroy();
    }),
  );

  it.each([{ code: 1000 }, { code: 4000 }, { reason: "é".repeat(62) }, { deadline: -1 }])(
    "refuses %j, and goes on",
    async (options) => {
      const listener = await listen();
      after(() => listener.abort());
      const error = await failureOf(listener.close(options as never));
      expect(error.code).toBe("ERR_AW_INVALID_ARGUMENT");
      await connect(`ws://127.0.0.1:${portOf(listener)}`);
    },
  );
});

describe("drop", () => {
  it("fails both ends, and tells the peer code and reason", async () => {
    const listener = await listen();
    after(() => listener.abort());
    const client = await connect(`ws://127.0.0.1:${portOf(listener)}`);
    const server = await next(listener);
    server.drop(4403, "no such room");
    const error = await failureOf(bytesOf(client.readable));
    expect(error.cause).toMatchObject({ closeCode: 4403, reason: "no such room" });
    expect((await failureOf(server.writeAll("x"))).code).toBe("ERR_AW_ABORTED");
    expect((await failureOf(bytesOf(server.readable))).code).toBe("ERR_AW_ABORTED");
  });

  it.each([1000, 1005, 999, Number.NaN])("refuses the code %d", async (code) => {
    const listener = await listen();
    after(() => listener.abort());
    const client = await connect(`ws://127.0.0.1:${portOf(listener)}`);
    expect(() => client.drop(code)).toThrow(/code|orderly/);
    expect(client.state).toBe("open");
    client.abort();
  });
});
