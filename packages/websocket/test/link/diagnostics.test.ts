import { subscribe, unsubscribe } from "node:diagnostics_channel";
import {
  connect,
  listen,
  type WebSocketCloseEvent,
  type WebSocketErrorEvent,
  type WebSocketOpenEvent,
} from "@aw/websocket";
import { expect, it } from "vitest";
import { after, bytesOf, failureOf, next, pair, portOf, until } from "../instruments.ts";

function collect<T>(name: string): T[] {
  const got: T[] = [];
  const listener = (message: unknown): void => void got.push(message as T);
  subscribe(name, listener);
  after(() => unsubscribe(name, listener));
  return got;
}

it("publishes the open and the close of both ends, with bytes and times", async () => {
  const opened = collect<WebSocketOpenEvent>("aw:websocket:open");
  const closed = collect<WebSocketCloseEvent>("aw:websocket:close");
  const { client, server } = await pair({ protocols: ["chat"] }, { protocols: ["chat"] });
  expect(opened.map(({ name }) => name).toSorted()).toEqual([`${server}`, `${client}`].toSorted());
  for (const { protocol, handshakeMs } of opened) {
    expect(protocol).toBe("chat");
    expect(handshakeMs).toBeGreaterThan(0);
  }
  const reading = bytesOf(server.readable);
  await client.writeAll(new Uint8Array(10_000));
  await client.close();
  await reading;
  await until(() => closed.length === 2);
  const mine = closed.find(({ name }) => name === `${client}`);
  const theirs = closed.find(({ name }) => name === `${server}`);
  expect([mine?.code, theirs?.code]).toEqual([1000, 1000]);
  expect(mine?.bytesWritten).toBeGreaterThan(10_000);
  expect(theirs?.bytesRead).toBeGreaterThan(10_000);
  expect(mine?.openMs).toBeGreaterThan(0);
});

it("publishes what was refused, and what failed", async () => {
  const refused = collect<WebSocketErrorEvent>("aw:websocket:refused");
  const failed = collect<WebSocketErrorEvent>("aw:websocket:error");
  const told: Error[] = [];
  const listener = await listen({ authorize: () => false, onRefused: (error) => told.push(error) });
  after(() => listener.abort());
  const error = await failureOf(connect(`ws://127.0.0.1:${portOf(listener)}`));
  expect(refused).toEqual([{ name: `${listener}`, error: told[0] }]);
  expect(failed).toEqual([{ name: `websocket ws://127.0.0.1:${portOf(listener)}`, error }]);
});

it("publishes a failure of a connection once", async () => {
  const failed = collect<WebSocketErrorEvent>("aw:websocket:error");
  const listener = await listen({ maxPayload: 10 });
  after(() => listener.abort());
  const client = await connect(`ws://127.0.0.1:${portOf(listener)}`);
  const server = await next(listener);
  await client.writeAll("more than ten bytes");
  const error = await failureOf(bytesOf(server.readable));
  expect(failed).toEqual([{ name: `${server}`, error }]);
});
