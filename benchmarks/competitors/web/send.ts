import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import type { SendWay, SocketTarget, TlsTarget, WebSocketTarget } from "../../src/ways.ts";
import { connectTcp, connectTls } from "../node/send.ts";
import { whenReady } from "./loops.ts";

function sender<Target>(connect: (target: Target) => Promise<Socket>): SendWay<Target> {
  return async (target, payload) => {
    const { readable, writable } = Duplex.toWeb(await connect(target));
    const out = (writable as WritableStream<Uint8Array>).getWriter();
    await whenReady(out, payload);
    await out.close();
    return { arrived: Number(await new Response(readable as ReadableStream).text()) };
  };
}

export const tcp: Record<string, SendWay<SocketTarget>> = {
  "toWeb, await ready": sender(connectTcp),
};
export const tls: Record<string, SendWay<TlsTarget>> = { "toWeb, await ready": sender(connectTls) };

/** How much is given to a WebSocket before it is waited for, and until when. */
const HIGH_WATER: number = 1 << 20;
const LOW_WATER: number = HIGH_WATER / 4;

/** It has no event for it: `bufferedAmount` has to be looked at again. */
const builtIn: SendWay<WebSocketTarget> = async ({ url }, { message, count }) => {
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  await happens(socket, "open");
  const answer = happens(socket, "message");
  for (let index = 0; index < count; index++) {
    socket.send(message);
    if (socket.bufferedAmount < HIGH_WATER) continue;
    while (socket.bufferedAmount > LOW_WATER) await new Promise((resolve) => setImmediate(resolve));
  }
  socket.send(new Uint8Array(0));
  const arrived = Number(
    Buffer.from(((await answer) as MessageEvent).data as ArrayBuffer).toString(),
  );
  const closed = happens(socket, "close");
  socket.close();
  await closed;
  return { arrived };
};

function happens(target: EventTarget, type: string): Promise<Event> {
  return new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));
}

export const websocket: Record<string, SendWay<WebSocketTarget>> = { "WebSocket.send": builtIn };
