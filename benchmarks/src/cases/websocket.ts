import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { PENDING, pollFn } from "@aw/core";
import { connect, type WebSocketConnection } from "@aw/websocket";
import { createWebSocketStream, WebSocket } from "ws";
import {
  expectBytes,
  megabytesPerSecond,
  scaled,
  timed,
  type BenchCase,
  type MeasureOptions,
} from "../bench-case.ts";

type Send = (url: string, message: Uint8Array, count: number) => Promise<number>;

/** How many bytes `ws` may hold when its user waits, as the default mark of Node's streams. */
const HIGH_WATER: number = 64 * 1024;

/** Sends to a receiver in its own process, which answers with the count of what arrived. */
function measured(
  size: number,
  messages: number,
  send: Send,
): (options: MeasureOptions) => Promise<number> {
  return async (options) => {
    const receiver = spawn(process.execPath, [join(import.meta.dirname, "../ws-receiver.mjs")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const [port] = (await once(receiver.stdout, "data")) as [Buffer];
      const count = scaled(messages, options, 10);
      const message = new Uint8Array(size).fill(65);
      let arrived = 0;
      const milliseconds = await timed(async () => {
        arrived = await send(`ws://127.0.0.1:${String(port)}`, message, count);
      });
      expectBytes(arrived, count * size);
      return megabytesPerSecond(count * size, milliseconds);
    } finally {
      receiver.kill();
    }
  };
}

function ours(
  maxMessageBytes: number,
  write: (out: WebSocketConnection, message: Uint8Array, count: number) => Promise<void>,
): Send {
  return async (url, message, count) => {
    const out = await connect(url, { halfClose: true, maxMessageBytes });
    await write(out, message, count);
    await out.close();
    return Number(await new Response(out.readable).text());
  };
}

const awaited = async (out: WebSocketConnection, message: Uint8Array, count: number) => {
  for (let index = 0; index < count; index++) await out.writeAll(message);
};

const polled = (out: WebSocketConnection, message: Uint8Array, count: number): Promise<void> => {
  let index = 0;
  return pollFn((waker) => {
    for (; index < count; index++) {
      if (out.pollWrite(waker, message) === PENDING) return PENDING;
    }
  });
};

const wsSend: Send = async (url, message, count) => {
  const ws = new WebSocket(url, { perMessageDeflate: false });
  await once(ws, "open");
  for (let index = 0; index < count; index++) {
    if (ws.bufferedAmount < HIGH_WATER) ws.send(message);
    else await new Promise((resolve) => ws.send(message, resolve));
  }
  ws.send(END);
  const [answer] = (await once(ws, "message")) as [Buffer];
  return Number(answer.toString());
};

const webSocketStream: Send = async (url, message, count) => {
  const ws = new WebSocket(url, { perMessageDeflate: false });
  await once(ws, "open");
  const answer = once(ws, "message") as Promise<[Buffer]>;
  const stream = createWebSocketStream(ws);
  stream.resume();
  for (let index = 0; index < count; index++) {
    if (!stream.write(message)) await once(stream, "drain");
  }
  await new Promise((resolve) => stream.write(END, resolve));
  const [text] = await answer;
  return Number(text.toString());
};

const END = new Uint8Array(0);

const KIB64: number = 64 * 1024;

export const websocket64: BenchCase = {
  name: "websocket-64B",
  unit: "MB/s",
  subjects: {
    "aw, await": measured(64, 4_000_000, ours(KIB64, awaited)),
    "aw, poll": measured(64, 4_000_000, ours(KIB64, polled)),
    "ws.send": measured(64, 200_000, wsSend),
    createWebSocketStream: measured(64, 200_000, webSocketStream),
  },
};

export const websocket64K: BenchCase = {
  name: "websocket-64KiB",
  unit: "MB/s",
  subjects: {
    "aw, await": measured(KIB64, 8000, ours(KIB64, awaited)),
    "aw, 256 KiB messages": measured(KIB64, 8000, ours(4 * KIB64, awaited)),
    "ws.send": measured(KIB64, 8000, wsSend),
    createWebSocketStream: measured(KIB64, 8000, webSocketStream),
  },
};
