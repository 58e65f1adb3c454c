import { once } from "node:events";
import { createServer, type Server } from "node:http";
import {
  attach,
  attachMessages,
  connectMessages,
  HALF_CLOSE,
  listen,
  listenMessages,
  type AcceptedConnection,
  type AttachMessagesOptions,
  type AttachOptions,
  type WebSocketListener,
} from "@aw/websocket";
import { describe, expect, it } from "vitest";
import { after, failureOf, next, portOf } from "../instruments.ts";
import { rawClient, rawWebSocket, responseHead, upgradeRequest } from "../raw-peer.ts";

/** As much as the listeners of bytes and of messages have in common. */
type Listener = WebSocketListener<
  Pick<AcceptedConnection, "abort" | "drop"> & { close(): Promise<void> }
>;

const BYTES = {
  listen,
  attach: (options: AttachOptions) => over((server) => attach(server, options)),
};
const MESSAGES = {
  listenMessages,
  attachMessages: (options: AttachMessagesOptions) =>
    over((server) => attachMessages(server, options)),
};
const ALL: [string, (options: AttachMessagesOptions) => Promise<Listener>][] = [
  ...Object.entries(BYTES),
  ...Object.entries(MESSAGES),
];

async function over<L>(take: (server: Server) => L): Promise<L> {
  const server = createServer();
  const listener = take(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(() => server.close());
  return listener;
}

const noop = (): void => {};

describe.each<[string, (server: Server, options?: object) => Listener]>([
  ["attach", attach],
  ["attachMessages", attachMessages],
])("%s", (name, take) => {
  it.each([
    ["nothing", undefined],
    ["a URL", "ws://x"],
    ["an object", {}],
    ["what can be listened to, and has no address", { on: noop, off: noop, listenerCount: noop }],
  ])("takes no upgrades of %s", (_what, server) => {
    expect(() => take(server as never)).toThrow(
      expect.objectContaining({
        code: "ERR_AW_INVALID_ARGUMENT",
        message: expect.stringContaining(`${name}: server must be a server of node:http`) as string,
      }),
    );
  });

  it.each([{ path: 7 }, { maxConnections: 0 }, { halfclose: true }])(
    "refuses what can't be meant, and takes no upgrades: %j",
    (options) => {
      const server = createServer();
      expect(() => take(server, options)).toThrow(
        expect.objectContaining({
          code: "ERR_AW_INVALID_ARGUMENT",
          message: expect.stringContaining(`${name}: `) as string,
        }),
      );
      expect(server.listenerCount("upgrade")).toBe(0);
    },
  );
});

it.each(Object.entries(BYTES))(
  "%s: what a connection sends has messages of at most maxMessageBytes",
  async (_kind, open) => {
    const listener = await open({ maxMessageBytes: 3 });
    after(() => listener.abort());
    const client = await connectMessages(`ws://127.0.0.1:${portOf(listener)}/`);
    after(() => client.abort());
    const server = await next(listener);
    await server.writeAll("1234567");
    const closing = server.close();
    const lengths: number[] = [];
    for await (const message of client) lengths.push(message.length);
    await closing;
    expect(lengths).toEqual([3, 3, 1]);
  },
);

it.each(ALL)(
  "%s: a connection waits for the peer's close as long as closeTimeout says",
  async (_kind, open) => {
    const listener = await open({ closeTimeout: 20 });
    after(() => listener.abort());
    const accepted = next(listener);
    const silent = await rawWebSocket(portOf(listener));
    const error = await failureOf((await accepted).close());
    expect(error.code).toBe("ERR_AW_TIMEOUT");
    expect(error.message).toContain("within 20 ms");
    silent.destroy();
  },
);

it.each(ALL)("%s: takes a half-close that is offered, if it is for bytes", async (kind, open) => {
  const listener = await open({});
  after(() => listener.abort());
  const client = await rawClient(portOf(listener));
  client.write(upgradeRequest("/", [`Sec-WebSocket-Protocol: ${HALF_CLOSE}`]));
  const head = await responseHead(client);
  expect(head).toMatch(/^HTTP\/1.1 101 /);
  const [, protocol] = /^sec-websocket-protocol: (.*)$/im.exec(head) ?? [];
  expect(protocol).toBe(kind in BYTES ? HALF_CLOSE : undefined);
});
