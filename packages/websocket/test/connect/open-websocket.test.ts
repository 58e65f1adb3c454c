import { Agent } from "node:http";
import { connect, connectMessages, fromWebSocket, listen, messages } from "@aw/websocket";
import { describe, expect, it, vi } from "vitest";
import { after, failureOf, next, portOf } from "../instruments.ts";

const OPTIONS = [
  { agent: {} },
  { agent: "http" },
  { headers: "x" },
  { headers: null },
  { headers: ["a", "b"] },
  { tls: 7 },
  { protocols: "chat" },
  { timeout: 0 },
  { signal: {} },
  { maxPayload: 0 },
  { perMessageDeflate: "yes" },
  { heartbeat: { interval: -1 } },
];

describe.each<[string, (url: string, options: object) => Promise<unknown>, object[]]>([
  ["connect", connect, [...OPTIONS, { type: "text" }]],
  ["connectMessages", connectMessages, [...OPTIONS, { maxMessageBytes: 1 }, { type: "json" }]],
])("%s", (name, open, refused) => {
  it.each(refused)("refuses what can't be meant: %j", async (options) => {
    expect(await failureOf(open("ws://127.0.0.1:1/", options))).toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
      message: expect.stringMatching(
        new RegExp(`^${name}: .*\\b${Object.keys(options)[0]}\\b`),
      ) as string,
    });
  });
});

it("opens no socket with a signal that has fired", async () => {
  const agent = new Agent();
  const created = vi.spyOn(agent, "createConnection");
  const signal = AbortSignal.abort("no");
  expect(await failureOf(connect("ws://127.0.0.1:1/", { agent, signal }))).toMatchObject({
    code: "ERR_AW_ABORTED",
    cause: "no",
  });
  expect(created).not.toHaveBeenCalled();
});

it.each([
  ["connect", connect],
  ["connectMessages", connectMessages],
])("%s offers its subprotocols, the best first", async (_name, open) => {
  const listener = await listen({ protocols: ["b", "a"] });
  after(() => listener.abort());
  await open(`ws://127.0.0.1:${portOf(listener)}/`, { protocols: ["a", "b"] });
  const { request, protocol } = await next(listener);
  expect([request.headers["sec-websocket-protocol"], protocol]).toEqual(["a,b", "a"]);
});

describe.each<[string, (ws: WebSocket, options: object) => unknown, object[]]>([
  ["fromWebSocket", fromWebSocket, [{ maxMessageBytes: 0 }, { heartbeat: { timeout: 0 } }]],
  ["messages", messages, [{ type: "json" }, { heartbeat: {} }]],
])("%s", (name, wrap, refused) => {
  /** A WebSocket of the platform that never opens. */
  const connecting = (): WebSocket =>
    Object.assign(new EventTarget(), { readyState: 0, url: "" }) as never;

  it.each([...refused, { closeTimeout: 0 }])("refuses what can't be meant: %j", (options) => {
    expect(() => wrap(connecting(), options)).toThrow(
      expect.objectContaining({
        code: "ERR_AW_INVALID_ARGUMENT",
        message: expect.stringMatching(
          new RegExp(`^${name}: .*\\b${Object.keys(options)[0]}\\b`),
        ) as string,
      }),
    );
  });
});

it("finds no dead peers of a WebSocket of the platform, which can't ping", () => {
  const platform = Object.assign(new EventTarget(), { readyState: 1 }) as WebSocket;
  expect(() => fromWebSocket(platform, { heartbeat: {} })).toThrow(
    "fromWebSocket: heartbeat: the platform's WebSocket can't ping",
  );
});
