import { once } from "node:events";
import { connect } from "node:net";
import type { IdleWay, RoundTripWay, SocketTarget, StalledWay } from "../../src/ways.ts";
import { connectTcp } from "./send.ts";

export const idle: Record<string, IdleWay> = {
  "net.Socket": async (target) => {
    const socket = await connectTcp(target);
    // Those that every program has on a socket; the two that need not know theirs are shared.
    let answered = ignore;
    socket.on("data", () => answered());
    socket.on("error", ignore);
    socket.on("close", ignore);
    return {
      async use(message) {
        const answer = new Promise<void>((resolve) => {
          answered = resolve;
        });
        socket.write(message);
        await answer;
        answered = ignore;
      },
      close: () => socket.destroy(),
    };
  },
};

function ignore(): void {}

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
