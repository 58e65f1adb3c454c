import { once } from "node:events";
import type { AddressInfo } from "node:net";
import {
  messages,
  type MessagesOptions,
  type Message,
  type WebSocketMessages,
} from "@aw/websocket";
import { expect, expectTypeOf, it } from "vitest";
import { WebSocket as WsSocket, WebSocketServer } from "ws";
import { after, failureOf, turn } from "../instruments.ts";

async function pair<T extends Message = Message>(
  options: MessagesOptions<T> = {},
): Promise<{ ours: WebSocketMessages<T>; peer: WsSocket }> {
  const server = new WebSocketServer({ port: 0 });
  after(() => server.close());
  const accepted = once(server, "connection") as Promise<[WsSocket]>;
  const ws = new WsSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  after(() => {
    for (const socket of [ws, ...server.clients]) socket.terminate();
  });
  await once(ws, "open");
  const ours = messages<T>(ws, options);
  after(() => ours.abort());
  return { ours, peer: (await accepted)[0] };
}

it("sends one message per send, text or binary, and an empty one too", async () => {
  const { ours, peer } = await pair();
  const got: [string, boolean][] = [];
  peer.on("message", (data: Buffer, binary) => got.push([data.toString(), binary]));
  await Promise.all([ours.send("a"), ours.send(Buffer.from("b")), ours.send("")]);
  await ours.close();
  expect(got).toEqual([
    ["a", false],
    ["b", true],
    ["", false],
  ]);
});

it("takes the peer's messages as they were sent, up to its close", async () => {
  const { ours, peer } = await pair<string>({ type: "text" });
  expectTypeOf(ours).toEqualTypeOf<WebSocketMessages<string>>();
  peer.send("one");
  peer.send("two");
  peer.close(1000);
  const got: string[] = [];
  for await (const message of ours) got.push(message);
  expect(got).toEqual(["one", "two"]);
  await ours.close();
});

it("refuses the other kind in both directions", async () => {
  const { ours, peer } = await pair<Uint8Array>({ type: "binary" });
  const closed = once(peer, "close") as Promise<[number]>;
  expect((await failureOf(ours.send("text" as never))).code).toBe("ERR_AW_INVALID_ARGUMENT");
  peer.send("text");
  expect((await failureOf(ours.readable.getReader().read())).code).toBe("ERR_AW_PROTOCOL");
  expect((await closed)[0]).toBe(1003);
});

it("closes with the code and reason of the caller, and refuses what comes after", async () => {
  const { ours, peer } = await pair();
  const closed = once(peer, "close") as Promise<[number, Buffer]>;
  const closing = ours.close(4001, "bye");
  expect((await failureOf(ours.send("late"))).code).toBe("ERR_AW_CLOSED");
  await closing;
  const [code, reason] = await closed;
  expect([code, reason.toString()]).toEqual([4001, "bye"]);
});

it("fails with code and reason when the peer ends abnormally", async () => {
  const { ours, peer } = await pair();
  peer.close(4321, "out of tea");
  const error = await failureOf(ours.readable.getReader().read());
  expect(error.cause).toMatchObject({ closeCode: 4321, reason: "out of tea" });
  expect((await failureOf(ours.send("late"))).cause).toMatchObject({ closeCode: 4321 });
});

it("gives up on a peer that does not answer the close", async () => {
  const { ours, peer } = await pair({ closeTimeout: 20 });
  peer.pause();
  expect((await failureOf(ours.close())).code).toBe("ERR_AW_TIMEOUT");
});

it.each([0, 999, 1005, 1006, 1015, 2999, 5000, Number.NaN])(
  "refuses to close with %d, and goes on",
  async (code) => {
    const { ours, peer } = await pair();
    expect((await failureOf(ours.close(code))).code).toBe("ERR_AW_INVALID_ARGUMENT");
    const got = once(peer, "message") as Promise<[Buffer]>;
    await ours.send("still here");
    expect((await got)[0].toString()).toBe("still here");
  },
);

it("refuses a reason that no close frame can hold", async () => {
  const { ours } = await pair();
  expect((await failureOf(ours.close(1000, "é".repeat(62)))).code).toBe("ERR_AW_INVALID_ARGUMENT");
  await ours.close(1000, "é".repeat(61));
});

it("refuses a type that is none", async () => {
  await expect(pair({ type: "json" as never })).rejects.toMatchObject({
    code: "ERR_AW_INVALID_ARGUMENT",
  });
});

it("makes a peer wait that floods it with empty messages", async () => {
  const { ours, peer } = await pair<string>({ type: "text" });
  for (let index = 0; index < 100_000; index++) peer.send("");
  peer.close(1000);
  // Nobody reads: what was taken is what one read of the socket held beyond the limit.
  for (let turns = 0; turns < 50; turns++) await turn();
  expect(peer.readyState).toBe(peer.CLOSING);
  let got = 0;
  for await (const message of ours) got += message.length + 1;
  expect(got).toBe(100_000);
});

it("tells what came before the peer closed with a code, and then the code", async () => {
  const { ours, peer } = await pair();
  const gone = once(peer, "close");
  peer.send("the result");
  peer.close(4001, "done with you");
  await gone;
  const got: Message[] = [];
  const reading = (async () => {
    for await (const message of ours) got.push(message);
  })();
  expect((await failureOf(reading)).cause).toMatchObject({ closeCode: 4001 });
  expect(got).toEqual(["the result"]);
});
