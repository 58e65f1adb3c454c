import { once } from "node:events";
import { deflateRawSync } from "node:zlib";
import { fromWebSocket, listen, messages } from "@aw/websocket";
import { describe, expect, it } from "vitest";
import { WebSocket as WsSocket } from "ws";
import {
  after,
  bytesOf,
  failureOf,
  leavingNothing,
  next,
  pair,
  portOf,
  rawServer,
  textOf,
  turn,
  until,
} from "../instruments.ts";
import { closeFrame, frame, framesIn, rawWebSocket, upgradeResponse } from "../raw-peer.ts";

const MIB: number = 1024 * 1024;
const DEFLATE = ["Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover"];

describe("compressed messages", () => {
  it("are unpacked no further than one beyond what the reader has room for", async () => {
    const listener = await listen({ perMessageDeflate: true });
    after(() => listener.abort());
    const socket = await rawWebSocket(portOf(listener), "/", DEFLATE);
    const server = await next(listener);
    const packed = deflateRawSync(Buffer.alloc(MIB, "x"), { finishFlush: 2 }).subarray(0, -4);
    const message = frame(2, packed, { reserved: 4 });
    // All of them are in one read of the socket.
    socket.write(Buffer.concat(Array.from({ length: 40 }, () => message)));
    let most = 0;
    const before = process.memoryUsage().arrayBuffers;
    for (let turns = 0; turns < 300; turns++) {
      await turn();
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    expect(most).toBeLessThan(12 * MIB);
    socket.write(closeFrame(1000));
    expect((await bytesOf(server.readable)).length).toBe(40 * MIB);
  });

  it(
    "that wait are thrown away by an abort",
    leavingNothing(async () => {
      const listener = await listen({ perMessageDeflate: true });
      after(() => listener.abort());
      const socket = await rawWebSocket(portOf(listener), "/", DEFLATE);
      const server = await next(listener);
      const packed = deflateRawSync(Buffer.alloc(MIB), { finishFlush: 2 }).subarray(0, -4);
      const message = frame(2, packed, { reserved: 4 });
      socket.write(Buffer.concat([message, message, message]));
      for (let turns = 0; turns < 100; turns++) await turn();
      server.abort();
      await until(() => listener.connections === 0);
    }),
  );

  it("that are damaged fail with CORRUPT, and 1007 to the peer", async () => {
    const listener = await listen({ perMessageDeflate: true });
    after(() => listener.abort());
    const socket = await rawWebSocket(portOf(listener), "/", DEFLATE);
    const got: Buffer[] = [];
    socket.on("data", (data) => got.push(data));
    const server = await next(listener);
    socket.write(frame(2, Buffer.from("ffffffffffffff", "hex"), { reserved: 4 }));
    const error = await failureOf(bytesOf(server.readable));
    expect(error.code).toBe("ERR_AW_CORRUPT");
    await until(() => framesIn(Buffer.concat(got)).length > 0);
    expect(framesIn(Buffer.concat(got))[0]?.payload.readUInt16BE(0)).toBe(1007);
  });
});

describe("a message in fragments", () => {
  it("may have as many as the test suite of the protocol sends: 65,536", async () => {
    const listener = await listen();
    after(() => listener.abort());
    const socket = await rawWebSocket(portOf(listener));
    const server = await next(listener);
    const parts = Array.from({ length: 65_536 }, (_, index) =>
      frame(index === 0 ? 2 : 0, "x", { fin: index === 65_535 }),
    );
    socket.write(Buffer.concat([...parts, closeFrame(1000)]));
    expect(await bytesOf(server.readable)).toHaveLength(65_536);
  });

  it("that has too many fails with LIMIT, and says what to do", async () => {
    const listener = await listen();
    after(() => listener.abort());
    const socket = await rawWebSocket(portOf(listener));
    const server = await next(listener);
    const part = frame(0, "x", { fin: false });
    socket.write(frame(2, "x", { fin: false }));
    socket.write(Buffer.concat(Array.from({ length: 131_072 }, () => part)));
    const error = await failureOf(bytesOf(server.readable));
    expect(error.code).toBe("ERR_AW_LIMIT");
    expect(error.message).toMatch(/131072 fragments/);
    expect(error.message).not.toContain("maxPayload");
  });
});

describe("a reader that was cancelled", () => {
  it("makes a peer wait that goes on sending, and still hears its answer to a close", async () => {
    const { client, server } = await pair({}, {});
    await server.readable.cancel();
    const chunk = new Uint8Array(64 * 1024);
    let sent = 0;
    for (let full = 0; full < 200;) {
      const n = client.tryWrite(chunk);
      sent += n;
      full = n === 0 ? full + 1 : 0;
      if (n === 0) await turn();
      if (sent > 256 * MIB) break;
    }
    expect(sent).toBeLessThan(64 * MIB);
    // Its own last bytes are lost then: nobody wanted them.
    const closing = client.close().catch(() => {});
    await server.close();
    await closing;
  });

  it("notices an end that is near", async () => {
    const { client, server, listener } = await pair();
    await server.readable.cancel();
    await client.writeAll(new Uint8Array(500_000));
    await client.close();
    await until(() => listener.connections === 0);
    await server.close();
  });

  it(
    "with a half-close waits for the peer's end no longer than closeTimeout",
    leavingNothing(async () => {
      const { client, server, listener } = await pair(
        { halfClose: true },
        { halfClose: true, closeTimeout: 30 },
      );
      await server.close();
      await server.readable.cancel();
      await client.writeAll("still sending");
      await until(() => listener.connections === 0);
    }),
  );
});

it("a heartbeat's timeout is no close frame to the peer", async () => {
  const listener = await listen({ heartbeat: { interval: 20, timeout: 20 } });
  after(() => listener.abort());
  const socket = await rawWebSocket(portOf(listener));
  const got: Buffer[] = [];
  socket.on("data", (data) => got.push(data));
  const closed = once(socket, "close");
  const server = await next(listener);
  expect((await failureOf(bytesOf(server.readable))).code).toBe("ERR_AW_TIMEOUT");
  await closed;
  expect(framesIn(Buffer.concat(got)).map(({ opcode }) => opcode)).not.toContain(8);
});

it("a heartbeat takes the bytes of a long message for life", async () => {
  const listener = await listen({ heartbeat: { interval: 40, timeout: 400 } });
  after(() => listener.abort());
  const socket = await rawWebSocket(portOf(listener));
  const got: Buffer[] = [];
  socket.on("data", (data) => got.push(data));
  const server = await next(listener);
  const reading = bytesOf(server.readable);
  const message = frame(2, Buffer.alloc(2000, "x"));
  // A byte whenever there was a ping: no pong is ever sent, and the message never ends before.
  for (let sent = 0; sent < message.length;) {
    const pings = framesIn(Buffer.concat(got)).length;
    socket.write(message.subarray(sent, sent + 100));
    sent += 100;
    if (sent < 1000) await until(() => framesIn(Buffer.concat(got)).length > pings);
  }
  socket.write(closeFrame(1000));
  expect(await reading).toHaveLength(2000);
});

describe("a socket of ws that is still connecting", () => {
  it("loses neither the message in the packet of its upgrade nor what was written early", async () => {
    const got: Buffer[] = [];
    const { port } = await rawServer((socket) => {
      socket.once("data", (data) => {
        const banner = frame(2, "banner\n", { masked: false });
        socket.write(Buffer.concat([Buffer.from(upgradeResponse(data)), banner]));
        socket.on("data", (more) => got.push(more));
      });
    });
    const connection = fromWebSocket(new WsSocket(`ws://127.0.0.1:${port}`));
    after(() => connection.abort());
    await connection.writeAll("early");
    await connection.flush();
    const { value } = await connection.readable.getReader().read();
    expect(Buffer.from(value as Uint8Array).toString()).toBe("banner\n");
    await until(() => framesIn(Buffer.concat(got)).length > 0);
    expect(framesIn(Buffer.concat(got))[0]?.payload.toString()).toBe("early");
  });

  it.each([
    ["nobody listens", ""],
    ["the server refuses", "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"],
  ])(
    "fails with CONNECT when %s",
    leavingNothing(async (_name, answer) => {
      const { port } = await rawServer((socket) => {
        socket.once("data", () => socket.end(answer));
      });
      const connection = fromWebSocket(new WsSocket(`ws://127.0.0.1:${answer === "" ? 1 : port}`));
      const whole = messages(new WsSocket(`ws://127.0.0.1:${answer === "" ? 1 : port}`));
      expect((await failureOf(bytesOf(connection.readable))).code).toBe("ERR_AW_CONNECT");
      expect((await failureOf(connection.close())).code).toBe("ERR_AW_CONNECT");
      expect((await failureOf(whole.send("x"))).code).toBe("ERR_AW_CONNECT");
    }),
  );

  it(
    "is given up by abort",
    leavingNothing(async () => {
      const { port, sockets } = await rawServer((socket) => socket.resume());
      const connection = fromWebSocket(new WsSocket(`ws://127.0.0.1:${port}`));
      await until(() => sockets.size === 1);
      connection.abort();
      await until(() => sockets.size === 0);
    }),
  );
});

it("the reader hears why the writer was aborted, with a write under way", async () => {
  const { client, server } = await pair();
  const reading = failureOf(textOf(client.readable));
  const reason = new Error("enough");
  const writing = failureOf(
    (async () => {
      for (;;) await client.writeAll(new Uint8Array(MIB));
    })(),
  );
  await turn();
  client.abort(reason);
  for (const error of await Promise.all([reading, writing])) {
    expect(error.code).toBe("ERR_AW_ABORTED");
    expect(error.cause).toBe(reason);
  }
  server.abort();
});
