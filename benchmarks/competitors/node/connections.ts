import { once } from "node:events";
import { connect } from "node:net";
import type { IdleWay, RoundTripWay, SocketTarget, StalledWay } from "../../src/ways.ts";
import { connectTcp } from "./send.ts";

export const idle: Record<string, IdleWay> = {
  "net.Socket": async (target) => {
    const socket = await connectTcp(target);
    return {
      async use(message) {
        const answer = once(socket, "data");
        socket.write(message);
        await answer;
        socket.pause();
      },
      close: () => socket.destroy(),
    };
  },
};

export const stalled: Record<string, StalledWay> = {
  "socket.write": async ({ path }) => {
    const socket = connect(path);
    await once(socket, "connect");
    return { offer: (chunk) => void socket.write(chunk), close: () => socket.destroy() };
  },
};

export const echo: Record<string, RoundTripWay<SocketTarget>> = {
  "socket.write": async (target, message) => {
    const socket = await connectTcp(target);
    socket.setNoDelay(true);
    return {
      async trip() {
        const answer = once(socket, "data");
        socket.write(message);
        await answer;
      },
      close: () => socket.destroy(),
    };
  },
  "socket.write, iterated": async (target, message) => {
    const socket = await connectTcp(target);
    socket.setNoDelay(true);
    const iterator = socket[Symbol.asyncIterator]();
    return {
      async trip() {
        socket.write(message);
        await iterator.next();
      },
      close: () => socket.destroy(),
    };
  },
};
