import { once } from "node:events";
import * as net from "node:net";
import { text } from "node:stream/consumers";
import * as nodeTls from "node:tls";
import type { SendWay, SocketTarget, TlsTarget } from "../../src/ways.ts";
import { corked, drained, type Loop } from "./loops.ts";

export async function connectTcp({ port }: SocketTarget): Promise<net.Socket> {
  const socket = net.connect(port, "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

export async function connectTls({ port, ca }: TlsTarget): Promise<nodeTls.TLSSocket> {
  const socket = nodeTls.connect({ port, host: "127.0.0.1", servername: "localhost", ca });
  await once(socket, "secureConnect");
  return socket;
}

function sender<Target>(
  connect: (target: Target) => Promise<net.Socket>,
): (loop: Loop) => SendWay<Target> {
  return (loop) => async (target, payload) => {
    const socket = await connect(target);
    await loop(socket, payload);
    socket.end();
    return { arrived: Number(await text(socket)) };
  };
}

const overTcp = sender(connectTcp);
const overTls = sender(connectTls);

export const tcp: Record<string, SendWay<SocketTarget>> = {
  "write + drain": overTcp(drained),
  cork: overTcp(corked),
};

export const tls: Record<string, SendWay<TlsTarget>> = {
  "write + drain": overTls(drained),
  cork: overTls(corked),
};
