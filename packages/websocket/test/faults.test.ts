import { createHash, randomBytes } from "node:crypto";
import { connect as connectSocket, type Socket } from "node:net";
import {
  connect,
  listen,
  type UpgradeError,
  type WebSocketCloseError,
  type WebSocketConnection,
} from "@aw/websocket";
import { describe, expect, it } from "vitest";
import {
  after,
  bytesOf,
  failureOf,
  leavingNothing,
  next,
  pair,
  portOf,
  rawServer,
  turn,
  until,
} from "./instruments.ts";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** A server that answers the upgrade by hand, and then does as it is told. */
async function handServer(afterUpgrade: (socket: Socket) => void) {
  return rawServer((socket) => {
    socket.once("data", (data) => {
      const key = /sec-websocket-key: (.*)\r\n/i.exec(data.toString())?.[1] ?? "";
      const accept = createHash("sha1")
        .update(key + GUID)
        .digest("base64");
      const head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade";
      socket.write(`${head}\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
      afterUpgrade(socket);
    });
  });
}

describe("a peer that misbehaves", () => {
  it(
    "is cut off in the middle of a message: CONNECTION_RESET with 1006, in both directions",
    leavingNothing(async () => {
      const listener = await listen();
      after(() => listener.abort());
      const through: Socket[] = [];
      const { port, sockets } = await rawServer((socket) => {
        const upstream = connectSocket(portOf(listener), "127.0.0.1");
        through.push(socket, upstream);
        upstream.on("error", () => {});
        upstream.pipe(socket);
        let passed = 0;
        socket.on("data", (data) => {
          passed += data.length;
          upstream.write(data);
          if (passed < 100_000) return;
          socket.destroy();
          upstream.destroy();
        });
      });
      const client = await connect(`ws://127.0.0.1:${port}`, { maxMessageBytes: 1_000_000 });
      const server = await next(listener);
      const reading = failureOf(bytesOf(server.readable));
      const writing = failureOf(
        (async () => {
          for (;;) await client.writeAll(new Uint8Array(256 * 1024));
        })(),
      );
      const [read, written] = await Promise.all([reading, writing]);
      expect(read.code).toBe("ERR_AW_CONNECTION_RESET");
      expect((read.cause as WebSocketCloseError).closeCode).toBe(1006);
      expect(["ERR_AW_CONNECTION_RESET", "ERR_AW_BROKEN_PIPE"]).toContain(written.code);
      await until(() => sockets.size === 0 && listener.connections === 0);
    }),
  );

  it(
    "never answers the close: TIMEOUT, and nothing stays open",
    leavingNothing(async () => {
      const { port, sockets } = await handServer((socket) => socket.resume());
      const client = await connect(`ws://127.0.0.1:${port}`, { closeTimeout: 30 });
      await client.writeAll("bye");
      expect((await failureOf(client.close())).code).toBe("ERR_AW_TIMEOUT");
      await until(() => sockets.size === 0);
    }),
  );

  it(
    "sends a message beyond maxPayload: LIMIT, and 1009 to the peer",
    leavingNothing(async () => {
      const { client, server } = await pair({ maxMessageBytes: 300_000 }, { maxPayload: 1000 });
      const reading = failureOf(bytesOf(server.readable));
      await client.writeAll(new Uint8Array(200_000));
      const told = await failureOf(bytesOf(client.readable));
      expect((await reading).code).toBe("ERR_AW_LIMIT");
      expect(told.code).toBe("ERR_AW_LIMIT");
      expect((told.cause as WebSocketCloseError).closeCode).toBe(1009);
    }),
  );

  it.each([
    ["a text frame", Buffer.from([0x81, 0x02, 0x68, 0x69]), 1003],
    ["a frame with reserved bits", Buffer.from([0xf2, 0x01, 0x00]), 1002],
    ["noise", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"), 1002],
  ])(
    "sends %s: PROTOCOL, and its code to the peer",
    leavingNothing(async (_name, frame, code) => {
      const got: Buffer[] = [];
      const { port, sockets } = await handServer((socket) => {
        socket.on("data", (data) => got.push(data));
        socket.write(frame);
      });
      const client = await connect(`ws://127.0.0.1:${port}`, { closeTimeout: 30 });
      expect((await failureOf(bytesOf(client.readable))).code).toBe("ERR_AW_PROTOCOL");
      expect((await failureOf(client.writeAll("x"))).code).toBe("ERR_AW_PROTOCOL");
      await until(() => sockets.size === 0);
      const [opcode = 0, , m0 = 0, m1 = 0, , , c0 = 0, c1 = 0] = Buffer.concat(got);
      expect(opcode).toBe(0x88);
      expect(((c0 ^ m0) << 8) | (c1 ^ m1)).toBe(code);
    }),
  );
});

describe("an upgrade that fails", () => {
  it(
    "is slow: TIMEOUT, and nothing stays open",
    leavingNothing(async () => {
      const { port, sockets } = await rawServer((socket) => socket.resume());
      const error = await failureOf(connect(`ws://127.0.0.1:${port}`, { timeout: 30 }));
      expect(error.code).toBe("ERR_AW_TIMEOUT");
      await until(() => sockets.size === 0);
    }),
  );

  it(
    "is refused with 401 and a body: CONNECT, with both",
    leavingNothing(async () => {
      const { port, sockets } = await rawServer((socket) => {
        socket.once("data", () => {
          const head = "HTTP/1.1 401 Unauthorized\r\nContent-Type: text/plain\r\nX-Why: token";
          socket.write(`${head}\r\nContent-Length: 13\r\n\r\ntoken expired`);
        });
      });
      const error = await failureOf(connect(`ws://127.0.0.1:${port}`));
      expect(error.code).toBe("ERR_AW_CONNECT");
      expect(error.message).toContain("token expired");
      const { status, headers, body } = error.cause as UpgradeError;
      expect([status, headers["x-why"], body]).toEqual([401, "token", "token expired"]);
      await until(() => sockets.size === 0);
    }),
  );

  it(
    "is answered with noise, or a wrong key: PROTOCOL",
    leavingNothing(async () => {
      const head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade";
      for (const answer of ["SSH-2.0-server\r\n", `${head}\r\nSec-WebSocket-Accept: no\r\n\r\n`]) {
        const { port, sockets } = await rawServer((socket) => {
          socket.once("data", () => socket.write(answer));
        });
        const error = await failureOf(connect(`ws://127.0.0.1:${port}`));
        expect(error.code).toBe("ERR_AW_PROTOCOL");
        await until(() => sockets.size === 0);
      }
    }),
  );

  it(
    "is aborted by its signal, before or during",
    leavingNothing(async () => {
      const { port, sockets } = await rawServer((socket) => socket.resume());
      const url = `ws://127.0.0.1:${port}`;
      const reason = new Error("no more");
      const before = await failureOf(connect(url, { signal: AbortSignal.abort(reason) }));
      expect([before.code, before.cause]).toEqual(["ERR_AW_ABORTED", reason]);
      const controller = new AbortController();
      const connecting = failureOf(connect(url, { signal: controller.signal }));
      await until(() => sockets.size === 1);
      controller.abort(reason);
      expect((await connecting).code).toBe("ERR_AW_ABORTED");
      await until(() => sockets.size === 0);
    }),
  );

  it(
    "meets nobody: CONNECT",
    leavingNothing(async () => {
      const listener = await listen();
      const port = portOf(listener);
      await listener.close();
      const error = await failureOf(connect(`ws://127.0.0.1:${port}`));
      expect(error.code).toBe("ERR_AW_CONNECT");
    }),
  );
});

describe("a peer that is gone while its compressed messages wait for a reader", () => {
  /** A client that reads nothing, and whose write waits, when the connection is cut off between both. */
  async function left(): Promise<{ client: WebSocketConnection; writing: Promise<unknown> }> {
    // Small messages: one read of the socket brings more of them than may be read ahead.
    const listener = await listen({ perMessageDeflate: true, maxMessageBytes: 4096 });
    after(() => listener.abort());
    const moved = { down: 0, up: 0 };
    const { port, sockets } = await rawServer((near) => {
      const far = connectSocket(portOf(listener), "127.0.0.1").on("error", () => {});
      near.on("close", () => far.destroy());
      near.on("data", (chunk: Buffer) => (moved.up += chunk.length)).pipe(far);
      far.on("data", (chunk: Buffer) => (moved.down += chunk.length)).pipe(near);
    });
    const client = await connect(`ws://127.0.0.1:${port}`, { perMessageDeflate: true });
    after(() => client.abort());
    const server = await next(listener);
    // What does not get smaller by compression, more than everything between them holds.
    const unread = server.writeAll(randomBytes(32 << 20)).catch(() => {});
    const writing = failureOf(client.writeAll(randomBytes(32 << 20)));
    await until(() => Math.min(moved.up, moved.down) > 1_000_000);
    for (let turns = 0; turns < 50; turns++) await turn();
    for (const socket of sockets) socket.resetAndDestroy();
    await unread;
    return { client, writing };
  }

  it("fails what is written, and what is written later", async () => {
    const { client, writing } = await left();
    expect(await writing).toMatchObject({ code: "ERR_AW_CONNECTION_RESET" });
    expect((await failureOf(client.flush())).code).toBe("ERR_AW_CONNECTION_RESET");
    expect((await failureOf(client.close())).code).toBe("ERR_AW_CONNECTION_RESET");
  });

  it("is read to what it has sent, and its end is told then", async () => {
    const { client, writing } = await left();
    await writing;
    let length = 0;
    const reading = (async () => {
      for await (const chunk of client.readable) length += chunk.length;
    })();
    expect((await failureOf(reading)).code).toBe("ERR_AW_CONNECTION_RESET");
    // More than the 32 KiB that are read ahead, and the message that goes beyond.
    expect(length).toBeGreaterThan(36 * 1024);
  });
});
