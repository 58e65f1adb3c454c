import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createWebSocketStream, WebSocket, WebSocketServer } from "ws";
import type { Competitor } from "../../src/competitor.ts";
import type { BroadcastWay, ReceiveWay, SendWay, WebSocketTarget } from "../../src/ways.ts";
import { drained } from "../node/loops.ts";

/** How much it may hold when its user waits, as the default mark of Node's streams. */
const HIGH_WATER: number = 64 * 1024;
const END: Uint8Array = new Uint8Array(0);

async function open({ url }: WebSocketTarget): Promise<WebSocket> {
  const ws = new WebSocket(url, { perMessageDeflate: false });
  await once(ws, "open");
  return ws;
}

const send: SendWay<WebSocketTarget> = async (target, { message, count }) => {
  const ws = await open(target);
  for (let index = 0; index < count; index++) {
    if (ws.bufferedAmount < HIGH_WATER) ws.send(message);
    else await new Promise((resolve) => ws.send(message, resolve));
  }
  const answer = once(ws, "message") as Promise<[Buffer]>;
  ws.send(END);
  return finished(ws, answer);
};

const stream: SendWay<WebSocketTarget> = async (target, payload) => {
  const ws = await open(target);
  const answer = once(ws, "message") as Promise<[Buffer]>;
  const out = createWebSocketStream(ws);
  out.resume();
  await drained(out, payload);
  await new Promise((resolve) => out.write(END, resolve));
  return finished(ws, answer);
};

const receive: ReceiveWay<WebSocketTarget> = async (target) => {
  const ws = new WebSocket(target.url, { perMessageDeflate: false });
  let arrived = 0;
  ws.on("message", (data: Buffer) => {
    arrived += data.length;
  });
  await once(ws, "close");
  return arrived;
};

const receiveStream: ReceiveWay<WebSocketTarget> = async (target) => {
  const readable = createWebSocketStream(new WebSocket(target.url, { perMessageDeflate: false }));
  let arrived = 0;
  for await (const data of readable) arrived += (data as Buffer).length;
  return arrived;
};

const broadcast: BroadcastWay = async () => {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async send({ message, count }) {
      const waits: Promise<unknown>[] = [];
      for (let index = 0; index < count; index++) {
        for (const ws of server.clients) {
          if (ws.bufferedAmount < HIGH_WATER) ws.send(message);
          else waits.push(new Promise((resolve) => ws.send(message, resolve)));
        }
      }
      await Promise.all(waits);
    },
    close() {
      for (const ws of server.clients) ws.terminate();
      server.close();
    },
  };
};

async function finished(ws: WebSocket, answer: Promise<[Buffer]>): Promise<{ arrived: number }> {
  const [text] = await answer;
  ws.close();
  await once(ws, "close");
  return { arrived: Number(text.toString()) };
}

export const competitor: Competitor = {
  ways: {
    "websocket-receive": { 'on("message")': receive, createWebSocketStream: receiveStream },
    broadcast: { "ws.send to each": broadcast },
    websocket: { "ws.send": send, createWebSocketStream: stream },
    import: { ws: "ws" },
    size: { ws: `export * from "ws";` },
  },
};
