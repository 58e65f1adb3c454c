import type { Connection } from "@aw/core";
import * as tcpTransport from "@aw/tcp";
import * as tlsTransport from "@aw/tls";
import * as websocketTransport from "@aw/websocket";
import type { SendWay, SocketTarget, TlsTarget, WebSocketTarget } from "../../src/ways.ts";
import { awaited, polled, tried, type Loop } from "./loops.ts";

function sender<Target>(
  connect: (target: Target) => Promise<Connection>,
): (loop: Loop) => SendWay<Target> {
  return (loop) => async (target, payload) => {
    const out = await connect(target);
    await loop(out, payload);
    await out.close();
    return { arrived: Number(await new Response(out.readable).text()) };
  };
}

const overTcp = sender<SocketTarget>(({ port }) =>
  tcpTransport.connect({ host: "127.0.0.1", port }),
);
const overTls = sender<TlsTarget>(({ port, ca }) =>
  tlsTransport.connect({ host: "127.0.0.1", port }, { ca, servername: "localhost" }),
);
const overWebSocket = (maxMessageBytes: number): ((loop: Loop) => SendWay<WebSocketTarget>) =>
  sender(({ url }) => websocketTransport.connect(url, { halfClose: true, maxMessageBytes }));

export const tcp: Record<string, SendWay<SocketTarget>> = {
  await: overTcp(awaited),
  tryWrite: overTcp(tried),
  poll: overTcp(polled),
};

export const tls: Record<string, SendWay<TlsTarget>> = {
  await: overTls(awaited),
  tryWrite: overTls(tried),
  poll: overTls(polled),
};

export const websocket: Record<string, SendWay<WebSocketTarget>> = {
  await: overWebSocket(64 * 1024)(awaited),
  tryWrite: overWebSocket(64 * 1024)(tried),
  poll: overWebSocket(64 * 1024)(polled),
  "await, 256 KiB messages": overWebSocket(256 * 1024)(awaited),
};
