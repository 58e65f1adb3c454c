import { createServer, type Server } from "node:http";
import { PassThrough } from "node:stream";
import { once } from "node:events";
import { connect as connectSocket, type AddressInfo } from "node:net";
import { attach, connect, listen, type AttachOptions, type UpgradeError } from "@aw/websocket";
import type { AsyncWriteError } from "@aw/core";
import { describe, expect, it } from "vitest";
import {
  after,
  failureOf,
  leavingNothing,
  next,
  portOf,
  textOf,
  turn,
  until,
} from "../instruments.ts";
import {
  closeFrame,
  frame,
  rawClient,
  rawWebSocket,
  responseHead,
  upgradeRequest,
} from "../raw-peer.ts";

/** A page server that is listening. */
async function pageServer(): Promise<{ server: Server; port: number }> {
  const server = createServer((_request, response) => response.end("page"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { server, port: (server.address() as AddressInfo).port };
}

describe("a client that resets while its upgrade is refused", () => {
  /** An upgrade as Node hands it over: no listener for errors is on its socket. */
  function handOver(server: Server, url: string, headers: Record<string, string>): PassThrough {
    const socket = new PassThrough();
    const request = { url, method: "GET", socket, headers: { upgrade: "websocket", ...headers } };
    server.emit("upgrade", request, socket, Buffer.alloc(0));
    return socket;
  }

  it.each<[string, AttachOptions, string, Record<string, string>]>([
    ["an unknown path", { path: "/ws" }, "/nobody", {}],
    ["another origin", { origins: [] }, "/", { origin: "https://evil.example" }],
    ["no permission", { authorize: () => false }, "/", {}],
    ["permission that takes its time", { authorize: () => new Promise(() => {}) }, "/", {}],
    ["another protocol", {}, "/", { upgrade: "h2c" }],
    ["a bad handshake", {}, "/", { "sec-websocket-key": "x" }],
    ["too many", { maxConnections: 1, authorize: () => new Promise(() => {}) }, "/", {}],
  ])("ends nothing: %s", async (_name, options, url, headers) => {
    const server = createServer();
    const listeners = [attach(server, options), attach(server, { ...options, path: "/other" })];
    after(() => listeners.forEach((listener) => listener.abort()));
    // At each moment: at once, and after one, two, ... turns of the event loop.
    for (let turns = 0; turns < 6; turns++) {
      const socket = handOver(server, url, headers);
      for (let count = 0; count < turns; count++) await turn();
      if (socket.closed) continue;
      // Not by once(), which would hear the error.
      const closed = new Promise((resolve) => socket.on("close", resolve));
      socket.destroy(new Error("read ECONNRESET"));
      // An error that nobody hears fails the run.
      await closed;
    }
  });

  it("is left to who takes it, where there is another handler", async () => {
    const server = createServer();
    const listener = attach(server, { path: "/ws" });
    after(() => listener.abort());
    server.on("upgrade", () => {});
    const socket = handOver(server, "/theirs", {});
    await turn();
    expect([socket.listenerCount("error"), socket.destroyed]).toEqual([0, false]);
  });
});

describe("several listeners on one server", () => {
  it("add one handler to it, however many they are, and leave none", async () => {
    const { server } = await pageServer();
    const listeners = Array.from({ length: 12 }, (_, index) =>
      attach(server, { path: `/${index}` }),
    );
    expect(server.listenerCount("upgrade")).toBe(1);
    for (const listener of listeners) listener.abort();
    expect(server.listenerCount("upgrade")).toBe(0);
  });
});

describe("an upgrade to something else than websocket", () => {
  const h2c = [
    "GET / HTTP/1.1",
    "Host: x",
    "Connection: Upgrade, HTTP2-Settings",
    "Upgrade: h2c",
    "HTTP2-Settings: AAMAAABkAAQAAP__",
    "\r\n",
  ].join("\r\n");

  it("is a plain request to a server with pages (RFC 9110, section 7.8)", async () => {
    const { server, port } = await pageServer();
    let asked = 0;
    const listener = attach(server, { authorize: () => ++asked > 0 });
    const socket = await rawClient(port);
    socket.write(h2c);
    expect(await responseHead(socket)).toMatch(/^HTTP\/1.1 200 /);
    expect(asked).toBe(0);
    listener.abort();
    const later = await rawClient(port);
    later.write(h2c);
    expect(await responseHead(later)).toMatch(/^HTTP\/1.1 200 /);
  });

  it("goes to the handler of somebody else", async () => {
    const { server, port } = await pageServer();
    const listener = attach(server);
    after(() => listener.abort());
    server.on("upgrade", ({ headers }, socket) => {
      if (headers.upgrade === "h2c") socket.end("HTTP/1.1 418 I'm a teapot\r\n\r\n");
    });
    const socket = await rawClient(port);
    socket.write(h2c);
    expect(await responseHead(socket)).toMatch(/^HTTP\/1.1 418 /);
    await connect(`ws://127.0.0.1:${port}/`);
    expect(listener.connections).toBe(1);
  });
});

describe("a listener that ends", () => {
  it.each(["close", "abort"] as const)(
    "by %s leaves no silent connection and no half of a request",
    leavingNothing(async (how) => {
      const listener = await listen();
      const silent = await rawClient(portOf(listener));
      const half = await rawClient(portOf(listener));
      half.write("GET / HTTP/1.1\r\nHost: x\r\n");
      const connection = await connect(`ws://127.0.0.1:${portOf(listener)}`);
      const server = await next(listener);
      const ended = Promise.all([once(silent, "close"), once(half, "close")]);
      silent.resume();
      half.resume();
      const closing = how === "close" ? listener.close() : listener.abort();
      await ended;
      if (how === "close") {
        // Who was taken goes on.
        await connection.writeAll("still here");
        await connection.close();
        expect(await textOf(server.readable)).toBe("still here");
      }
      await closing;
    }),
  );

  it.each(["close", "abort"] as const)(
    "by %s answers nobody's upgrade that authorize still looks at",
    leavingNothing(async (how) => {
      let asked = 0;
      const listener = await listen({
        authorize: () => {
          asked++;
          return new Promise<boolean>(() => {});
        },
      });
      const connecting = failureOf(connect(`ws://127.0.0.1:${portOf(listener)}`));
      await until(() => asked === 1);
      await (how === "close" ? listener.close() : listener.abort());
      const error = await connecting;
      expect(error.code).toBe("ERR_AW_CONNECT");
      if (how === "close") expect((error.cause as UpgradeError).status).toBe(503);
    }),
  );

  it(
    "does not wait for a refused client that does not read its answer",
    leavingNothing(async () => {
      let refused = 0;
      const listener = await listen({
        authorize: () => ({ status: 403, body: "x".repeat(64 * 1024 * 1024) }),
        onRefused: () => refused++,
      });
      const socket = await rawClient(portOf(listener));
      socket.pause();
      socket.write(upgradeRequest());
      await until(() => refused === 1);
      await listener.close();
      socket.resume();
      await once(socket, "close");
    }),
  );
});

describe("upgrades that wait for authorize", () => {
  it("count as connections: no more are asked for than maxConnections", async () => {
    let asked = 0;
    const refused: AsyncWriteError[] = [];
    const listener = await listen({
      maxConnections: 2,
      onRefused: (error) => refused.push(error),
      authorize: () => {
        asked++;
        return new Promise<boolean>(() => {});
      },
    });
    after(() => listener.abort());
    const sockets = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const socket = await rawClient(portOf(listener));
        socket.write(upgradeRequest());
        return socket;
      }),
    );
    await until(() => refused.length === 3);
    expect(asked).toBe(2);
    expect(refused.map(({ code }) => code)).toEqual(Array(3).fill("ERR_AW_LIMIT"));
    // Those that leave are noticed, and make room.
    for (const socket of sockets) socket.destroy();
    while (asked < 3) {
      const socket = await rawClient(portOf(listener));
      socket.write(upgradeRequest());
      await Promise.race([once(socket, "data"), until(() => asked === 3)]);
    }
  });

  it("are refused with 503 when it takes too long", async () => {
    const refused: AsyncWriteError[] = [];
    const listener = await listen({
      authorizeTimeout: 20,
      authorize: () => new Promise<boolean>(() => {}),
      onRefused: (error) => refused.push(error),
    });
    after(() => listener.abort());
    const error = await failureOf(connect(`ws://127.0.0.1:${portOf(listener)}`));
    expect((error.cause as UpgradeError).status).toBe(503);
    expect(refused.map(({ code }) => code)).toEqual(["ERR_AW_TIMEOUT"]);
  });

  it("keep the bytes that came with them", async () => {
    let letGo = (_verdict: boolean): void => {};
    let judging = (): void => {};
    const asked = new Promise<void>((resolve) => {
      judging = resolve;
    });
    const listener = await listen({
      authorize: () => {
        judging();
        return new Promise<boolean>((resolve) => {
          letGo = resolve;
        });
      },
    });
    after(() => listener.abort());
    const socket = await rawClient(portOf(listener));
    const early = frame(2, "abc");
    socket.write(Buffer.concat([Buffer.from(upgradeRequest()), early.subarray(0, 4)]));
    const accepted = next(listener);
    await asked;
    socket.write(early.subarray(4));
    for (let turns = 0; turns < 20; turns++) await turn();
    letGo(true);
    const connection = await accepted;
    socket.resume();
    socket.write(closeFrame(1000));
    expect(await textOf(connection.readable)).toBe("abc");
  });
});

describe("a callback that throws", () => {
  it("is reported as a warning, and the server goes on", async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on("warning", onWarning);
    after(() => process.off("warning", onWarning));
    const listener = await listen({
      authorize: ({ url }) => url === "/yes",
      onRefused: () => {
        throw new Error("a bug of the user's");
      },
    });
    after(() => listener.abort());
    const url = `ws://127.0.0.1:${portOf(listener)}`;
    expect(((await failureOf(connect(`${url}/no`))).cause as UpgradeError).status).toBe(401);
    await until(() => warnings.length > 0);
    expect(warnings[0]?.message).toContain("onRefused");
    await connect(`${url}/yes`);
  });
});

describe("a refused client", () => {
  it("is let go once it has its answer, even if it never closes its end", async () => {
    const { server, port } = await pageServer();
    const listener = attach(server, { authorize: () => false });
    after(() => listener.abort());
    const closed = new Promise((resolve) => {
      server.once("connection", (socket) => socket.once("close", resolve));
    });
    const socket = connectSocket({ port, host: "127.0.0.1", allowHalfOpen: true });
    after(() => socket.destroy());
    socket.resume();
    socket.write(upgradeRequest());
    await closed;
    expect(socket.writable).toBe(true);
  });

  it("gets headers on one line each", async () => {
    const { server, port } = await pageServer();
    const headers = { "x-why": "a\r\n\r\nb: c\nd" };
    const listener = attach(server, { authorize: () => ({ status: 403, headers }) });
    after(() => listener.abort());
    const error = await failureOf(connect(`ws://127.0.0.1:${port}`));
    expect((error.cause as UpgradeError).headers["x-why"]).toBe("a b: c d");
  });

  it("that has left is not upgraded when authorize comes to its end", async () => {
    let letGo = (_verdict: boolean): void => {};
    let left: Promise<unknown> = Promise.resolve();
    let asked = 0;
    let refused = 0;
    const listener = await listen({
      onRefused: () => refused++,
      authorize: ({ socket }) => {
        asked++;
        left = new Promise((resolve) => socket.once("close", resolve));
        return new Promise<boolean>((resolve) => {
          letGo = resolve;
        });
      },
    });
    after(() => listener.abort());
    const socket = await rawClient(portOf(listener));
    socket.write(upgradeRequest());
    await until(() => asked === 1);
    socket.end();
    await left;
    letGo(true);
    for (let turns = 0; turns < 10; turns++) await turn();
    expect([listener.connections, refused]).toEqual([0, 0]);
  });
});

it("a server of ours that can't accept says so in a warning, and goes on", async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on("warning", onWarning);
  after(() => process.off("warning", onWarning));
  let server: Server | undefined;
  const listener = await listen({
    authorize: ({ socket }) => {
      ({ server } = socket as unknown as { server: Server });
      return true;
    },
  });
  after(() => listener.abort());
  const url = `ws://127.0.0.1:${portOf(listener)}`;
  await connect(url);
  const cause = new Error("accept EMFILE");
  server?.emit("error", cause);
  await until(() => warnings.length > 0);
  expect(warnings[0]?.message).toContain("accept failed");
  expect(warnings[0]?.cause).toBe(cause);
  await connect(url);
});

describe("connections that nobody takes", () => {
  it("are refused beyond maxWaiting, though each one left", async () => {
    const refused: AsyncWriteError[] = [];
    const listener = await listen({ maxWaiting: 3, onRefused: (error) => refused.push(error) });
    after(() => listener.abort());
    const url = `ws://127.0.0.1:${portOf(listener)}`;
    for (let index = 0; index < 3; index++) {
      const client = await connect(url);
      await client.writeAll(`${index}`);
      await client.close();
    }
    const error = await failureOf(connect(url));
    expect((error.cause as UpgradeError).status).toBe(503);
    expect(refused.map(({ code }) => code)).toEqual(["ERR_AW_LIMIT"]);
    // What they sent is there, and there is room again.
    expect(await textOf((await next(listener)).readable)).toBe("0");
    await connect(url);
  });

  it("count against maxConnections until they are taken", async () => {
    const listener = await listen({ maxConnections: 2 });
    after(() => listener.abort());
    const url = `ws://127.0.0.1:${portOf(listener)}`;
    for (let index = 0; index < 2; index++) await (await connect(url)).close();
    expect(((await failureOf(connect(url))).cause as UpgradeError).status).toBe(503);
    await next(listener);
    await connect(url);
  });

  it("are dropped when they fail", async () => {
    const listener = await listen({ maxWaiting: 1 });
    after(() => listener.abort());
    const socket = await rawWebSocket(portOf(listener));
    await until(() => listener.connections === 1);
    socket.resetAndDestroy();
    await until(() => listener.connections === 0);
    const client = await connect(`ws://127.0.0.1:${portOf(listener)}`);
    const taken = await next(listener);
    await client.writeAll("second");
    await client.close();
    expect(await textOf(taken.readable)).toBe("second");
  });
});
