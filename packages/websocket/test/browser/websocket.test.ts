import { afterEach, describe, expect, inject, it } from "vitest";
import {
  connect,
  fromWebSocket,
  messages,
  type ConnectOptions,
  type WebSocketConnection,
} from "../../src/browser.ts";

const port = inject("websocketPort");
const MIB: number = 1024 * 1024;

const open: WebSocketConnection[] = [];
afterEach(() => {
  for (const connection of open.splice(0)) connection.abort();
});

async function to(path: string, options?: ConnectOptions): Promise<WebSocketConnection> {
  const connection = await connect(`ws://127.0.0.1:${port}${path}`, options);
  open.push(connection);
  return connection;
}

async function ask(what: string): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}${what}`)).text();
}

async function lengthOf(readable: ReadableStream<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const chunk of readable) length += chunk.length;
  return length;
}

async function failureOf(promise: Promise<unknown>): Promise<{ code: string; cause: unknown }> {
  try {
    await promise;
  } catch (error) {
    return error as { code: string; cause: unknown };
  }
  throw new Error("it did not fail");
}

/** Waits until a count does not move any more, look after look. */
async function untilStill(count: () => number): Promise<void> {
  for (let last = -1, same = 0; same < 50;) {
    const now = count();
    same = now === last ? same + 1 : 0;
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
}

describe.each(["websocket", "stream"] as const)("over %s", (transport) => {
  it("lets the server answer after the half-close", async () => {
    const id = crypto.randomUUID();
    const out = await to(`/hash?id=${id}`, { transport, halfClose: true, protocols: ["chat"] });
    expect([out.protocol, out.halfClose]).toEqual(["chat", true]);
    await out.writeAll("hello");
    await out.close();
    expect(await lengthOf(out.readable)).toBe(0);
    expect(await ask(`/hashed?id=${id}`)).toMatch(/^5 /);
  });

  it("reads all of what came before the end, however slowly", async () => {
    const out = await to("/flood?id=flood", { transport });
    let length = 0;
    for await (const chunk of out.readable) {
      length += chunk.length;
      if (length % MIB === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(length).toBe(4 * MIB);
    await out.close();
  });

  it("carries code and reason of an abnormal closure", async () => {
    const out = await to("/code?id=code", { transport });
    const error = await failureOf(lengthOf(out.readable));
    expect(error.cause).toMatchObject({ closeCode: 4321, reason: "out of tea" });
  });

  it("refuses text", async () => {
    const out = await to("/text?id=text", { transport });
    expect((await failureOf(lengthOf(out.readable))).code).toBe("ERR_AW_PROTOCOL");
    expect((await failureOf(out.writeAll("x"))).code).toBe("ERR_AW_PROTOCOL");
  });

  it("fails to connect where nobody listens, when aborted, and with what browsers lack", async () => {
    const url = `ws://127.0.0.1:${port}/echo`;
    const nobody = await failureOf(connect("ws://127.0.0.1:9", { transport }));
    expect(nobody.code).toBe("ERR_AW_CONNECT");
    const signal = AbortSignal.abort(new Error("no"));
    expect((await failureOf(connect(url, { transport, signal }))).code).toBe("ERR_AW_ABORTED");
    const headers = { transport, headers: { a: "b" } };
    expect((await failureOf(connect(url, headers))).code).toBe("ERR_AW_UNSUPPORTED");
  });
});

it("bounds bufferedAmount while a stalled server is offered 200 MB, then delivers every byte", async () => {
  const id = crypto.randomUUID();
  const ws = new WebSocket(`ws://127.0.0.1:${port}/stall?id=${id}`);
  await new Promise((resolve) => ws.addEventListener("open", resolve));
  const out = fromWebSocket(ws);
  open.push(out);
  let most = 0;
  const chunk = new Uint8Array(100_000).fill(42);
  let offered = 0;
  const writing = (async () => {
    for (; offered < 2000; offered++) {
      await out.writeAll(chunk);
      most = Math.max(most, ws.bufferedAmount);
    }
    await out.close();
  })();
  await untilStill(() => {
    most = Math.max(most, ws.bufferedAmount);
    return offered;
  });
  expect(offered).toBeLessThan(500);
  expect(out.state).toBe("open");
  await ask(`/resume?id=${id}`);
  await writing;
  expect(most).toBeGreaterThan(256 * 1024);
  expect(most).toBeLessThanOrEqual(512 * 1024);
  expect(await ask(`/hashed?id=${id}`)).toMatch(/^200000000 /);
});

it("bounds what a stalled server is owed over stream, too", async () => {
  const id = crypto.randomUUID();
  const out = await to(`/stall?id=${id}`, { transport: "stream" });
  const chunk = new Uint8Array(100_000).fill(42);
  let accepted = 0;
  const writing = (async () => {
    for (; accepted < 2000; accepted++) await out.writeAll(chunk);
    await out.close();
  })();
  await untilStill(() => accepted);
  expect(accepted).toBeLessThan(500);
  await ask(`/resume?id=${id}`);
  await writing;
  expect(await ask(`/hashed?id=${id}`)).toMatch(/^200000000 /);
});

it("sends and takes one message at a time in message mode", async () => {
  const ws = new WebSocket(`ws://127.0.0.1:${port}/echo`);
  await new Promise((resolve) => ws.addEventListener("open", resolve));
  const echo = messages(ws);
  await echo.send("text");
  await echo.send(new Uint8Array([1, 2, 3]));
  const got: unknown[] = [];
  for await (const message of echo) {
    got.push(message);
    if (got.length === 2) break;
  }
  expect(got).toEqual(["text", new Uint8Array([1, 2, 3])]);
});
