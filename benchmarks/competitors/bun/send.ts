import type { SendWay, SocketTarget, TlsTarget } from "../../src/ways.ts";
import { bun } from "./bun.ts";

type Secure = { ca: string; serverName: string };

/** Writes until the socket takes no more, then goes on when it drains. */
function sender<Target extends SocketTarget>(
  secure: (target: Target) => Secure | undefined,
): SendWay<Target> {
  return async (target, { message, count }) => {
    const tls = secure(target);
    let drained = (): void => {};
    let answer = "";
    const { promise: closed, resolve: onClose, reject } = Promise.withResolvers<void>();
    const { promise: ready, resolve: onReady } = Promise.withResolvers<void>();
    const socket = await bun().connect({
      hostname: "127.0.0.1",
      port: target.port,
      allowHalfOpen: true,
      ...(tls === undefined ? {} : { tls }),
      socket: {
        open: () => {
          if (tls === undefined) onReady();
        },
        handshake: () => onReady(),
        data: (_socket, data) => {
          answer += Buffer.from(data).toString();
        },
        drain: () => drained(),
        end: (ended) => ended.end(),
        close: () => onClose(),
        error: (_socket, error) => reject(error),
      },
    });
    await ready;
    for (let index = 0; index < count; index++) {
      let taken = socket.write(message);
      while (taken < message.length) {
        await new Promise<void>((resolve) => (drained = resolve));
        taken += socket.write(message.subarray(taken));
      }
    }
    socket.shutdown();
    await closed;
    return { arrived: Number(answer) };
  };
}

export const tcp: Record<string, SendWay<SocketTarget>> = {
  "Bun.connect, write": sender(() => undefined),
};

export const tls: Record<string, SendWay<TlsTarget>> = {
  "Bun.connect, write": sender(({ ca }) => ({ ca, serverName: "localhost" })),
};
