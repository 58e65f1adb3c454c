import { once } from "node:events";
import { createWebSocketStream, WebSocket } from "ws";
import type { Competitor } from "../../src/competitor.ts";
import type { SendWay, WebSocketTarget } from "../../src/ways.ts";
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

async function finished(ws: WebSocket, answer: Promise<[Buffer]>): Promise<{ arrived: number }> {
  const [text] = await answer;
  ws.close();
  await once(ws, "close");
  return { arrived: Number(text.toString()) };
}

export const competitor: Competitor = {
  ways: {
    websocket: { "ws.send": send, createWebSocketStream: stream },
    import: { ws: "ws" },
    size: { ws: `export * from "ws";` },
  },
};
