import { once } from "node:events";
import { connect as connectSocket, createServer, type AddressInfo, type Server } from "node:net";
import { type BytesCopied, copy, sink } from "@aw/core";
import { connect, type TcpConnection, type TcpListener } from "@aw/tcp";
import { expect, it, onTestFinished } from "vitest";
import { proxy, type ProxyOptions } from "../src/tcp-proxy.ts";

type Outcome = { bytes?: BytesCopied; error?: unknown };

/** A proxy in front of `server` for one test. `next` is how the next connection through it ends. */
async function serve(
  server: Server,
  options: Partial<ProxyOptions> = {},
): Promise<{ client: TcpConnection; outcome: Promise<Outcome>; listener: TcpListener }> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const stop = new AbortController();
  const listening = Promise.withResolvers<TcpListener>();
  const { promise: outcome, resolve } = Promise.withResolvers<Outcome>();
  const running = proxy({
    target: { host: "127.0.0.1", port },
    signal: stop.signal,
    onListening: listening.resolve,
    onEnd: (bytes) => resolve({ bytes }),
    onError: (error) => resolve({ error }),
    ...options,
  });
  onTestFinished(async () => {
    stop.abort();
    server.close();
    await running;
  });
  const listener = await listening.promise;
  const client = await connect({ host: "127.0.0.1", port: (listener.address as AddressInfo).port });
  onTestFinished(() => client.abort());
  return { client, outcome, listener };
}

it("lets a server answer after the client has ended", async () => {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let text = "";
    socket.on("data", (chunk) => (text += String(chunk)));
    socket.on("end", () => socket.end(text.toUpperCase()));
  });
  const { client, outcome } = await serve(server);
  await client.writeAll("hello");
  await client.close();
  expect(await new Response(client.readable).text()).toBe("HELLO");
  expect(await outcome).toEqual({ bytes: { aToB: 5, bToA: 5 } });
});

it("makes a reset of the server a reset of the client", async () => {
  const { client, outcome } = await serve(
    createServer((socket) => {
      socket.on("error", () => {}).once("data", () => socket.resetAndDestroy());
    }),
  );
  await client.writeAll("hello");
  await expect(copy(client.readable, sink())).rejects.toMatchObject({
    code: "ERR_AW_CONNECTION_RESET",
  });
  expect(await outcome).toMatchObject({ error: { code: "ERR_AW_CONNECTION_RESET" } });
});

it("makes a reset of the client a reset of the server", async () => {
  const reset = Promise.withResolvers<unknown>();
  const server = createServer((socket) => {
    socket
      .on("error", reset.resolve)
      .on("end", () => reset.resolve("a clean end"))
      .resume();
  });
  const { client, outcome } = await serve(server);
  const connected = once(server, "connection");
  await client.writeAll("hello");
  await connected;
  client.abort();
  expect(await reset.promise).toMatchObject({ code: "ECONNRESET" });
  expect(await outcome).toMatchObject({ error: { code: "ERR_AW_CONNECTION_RESET" } });
});

it("resets a client whose server can't be reached, and goes on", async () => {
  const gone = createServer().listen(0, "127.0.0.1");
  await once(gone, "listening");
  const { port } = gone.address() as AddressInfo;
  gone.close();
  const target = { host: "127.0.0.1", port };
  const { client, outcome, listener } = await serve(createServer(), { target });
  await expect(copy(client.readable, sink())).rejects.toMatchObject({
    code: "ERR_AW_CONNECTION_RESET",
  });
  expect(await outcome).toMatchObject({ error: { code: "ERR_AW_CONNECT" } });
  const again = connectSocket((listener.address as AddressInfo).port, "127.0.0.1");
  again.on("error", () => {});
  await once(again, "connect");
});

it.each([{ idleTimeout: 20 }, { halfCloseTimeout: 20 }])("ends a dead one: %o", async (options) => {
  const silent = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {}).resume();
  });
  const { client, outcome } = await serve(silent, options);
  await client.writeAll("hello");
  await client.close();
  expect(await outcome).toMatchObject({ error: { code: "ERR_AW_TIMEOUT" } });
  await expect(copy(client.readable, sink())).rejects.toMatchObject({
    code: "ERR_AW_CONNECTION_RESET",
  });
});
