import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { once } from "node:events";
import {
  connect,
  listen,
  type ConnectOptions,
  type ListenOptions,
  type WebSocketConnection,
  type WebSocketListener,
} from "@aw/websocket";
import { onTestFinished } from "vitest";

const cleanups: (() => unknown)[] = [];

async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
}

/** Runs when the test is over, the last one first. */
export function after(cleanup: () => unknown): void {
  // By the test itself: a hook of this module would belong to the first file alone where files share a thread.
  if (cleanups.length === 0) onTestFinished(cleanUp);
  cleanups.push(cleanup);
}

export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Waits for something that has no event. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** What keeps a process alive: sockets, servers, requests and timers. */
function handles(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((name) => /^(?:TCP|TLS|Timeout|GetAddrInfo)/.test(name));
}

/** A test after which nothing is open any more; what stays open makes it time out. */
export function leavingNothing<A extends unknown[]>(
  test: (...args: A) => Promise<void>,
): (...args: A) => Promise<void> {
  return async (...args) => {
    await test(...args);
    await cleanUp();
    await until(() => handles().length === 0);
  };
}

export function portOf(listener: { readonly address: unknown }): number {
  return (listener.address as AddressInfo).port;
}

export async function next<C>(listener: AsyncIterable<C>): Promise<C> {
  for await (const connection of listener) return connection;
  throw new Error("the listener ended");
}

/** Both ends of one connection of ours. */
export async function pair(
  clientOptions: ConnectOptions = {},
  serverOptions: ListenOptions = {},
): Promise<{
  client: WebSocketConnection;
  server: WebSocketConnection;
  listener: WebSocketListener;
}> {
  const listener = await listen(serverOptions);
  after(() => listener.abort());
  const accepted = next(listener);
  const client = await connect(`ws://127.0.0.1:${portOf(listener)}/`, clientOptions);
  after(() => client.abort());
  return { client, server: await accepted, listener };
}

export async function bytesOf(readable: ReadableStream<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readable) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function textOf(readable: ReadableStream<Uint8Array>): Promise<string> {
  return (await bytesOf(readable)).toString();
}

/** A plain TCP server: what a peer may do that is no WebSocket. */
export async function rawServer(
  onSocket: (socket: Socket) => void,
): Promise<{ port: number; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    onSocket(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, sockets };
}

/** The failure of a promise that must fail. */
export async function failureOf(
  promise: Promise<unknown>,
): Promise<{ code: string; message: string; cause: unknown }> {
  try {
    await promise;
  } catch (error) {
    return error as { code: string; message: string; cause: unknown };
  }
  throw new Error("it did not fail");
}
