import type { Socket } from "node:net";
import { text } from "node:stream/consumers";
import type { SendWay, SocketTarget, TlsTarget } from "../../src/ways.ts";
import { connectTcp, connectTls } from "../node/send.ts";
import { awaited, polled, type Loop } from "./loops.ts";
import { Slabs, type Send } from "./slabs.ts";

function sender<Target>(
  connect: (target: Target) => Promise<Socket>,
): (loop: Loop) => SendWay<Target> {
  return (loop) => async (target, payload) => {
    const socket = await connect(target);
    const out = new Slabs(writingTo(socket));
    await loop(out, payload);
    await out.flush();
    socket.end();
    return { arrived: Number(await text(socket)) };
  };
}

function writingTo(socket: Socket): Send {
  return (bytes) =>
    new Promise((resolve, reject) => {
      socket.write(bytes, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
}

const overTcp = sender(connectTcp);
const overTls = sender(connectTls);

export const tcp: Record<string, SendWay<SocketTarget>> = {
  poll: overTcp(polled),
  await: overTcp(awaited),
};

export const tls: Record<string, SendWay<TlsTarget>> = {
  poll: overTls(polled),
  await: overTls(awaited),
};
