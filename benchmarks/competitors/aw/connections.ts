import { connect } from "@aw/tcp";
import type { IdleWay, RoundTripWay, SocketTarget, StalledWay } from "../../src/ways.ts";

export const idle: Record<string, IdleWay> = {
  connect: async ({ port }) => {
    const connection = await connect({ host: "127.0.0.1", port });
    return {
      async use(message) {
        await connection.writeAll(message);
        await connection.flush();
        await connection.reader.read();
      },
      close: () => connection.abort(),
    };
  },
};

export const idleUsed: Record<string, IdleWay> = {
  ...idle,
  "connect, readable": async ({ port }) => {
    const connection = await connect({ host: "127.0.0.1", port });
    return {
      async use(message) {
        const reader = connection.readable.getReader();
        await connection.writeAll(message);
        await connection.flush();
        await reader.read();
        reader.releaseLock();
      },
      close: () => connection.abort(),
    };
  },
};

export const stalled: Record<string, StalledWay> = {
  tryWrite: async ({ path }) => {
    const connection = await connect({ path });
    return {
      offer: (chunk) => void connection.tryWrite(chunk),
      close: () => connection.abort(),
    };
  },
};

export const echo: Record<string, RoundTripWay<SocketTarget>> = {
  "writeAll, flush": async ({ port }, message) => {
    const connection = await connect({ host: "127.0.0.1", port });
    const reader = connection.readable.getReader();
    return {
      async trip() {
        await connection.writeAll(message);
        await connection.flush();
        for (let got = 0; got < message.length;) got += (await reader.read()).value?.length ?? 0;
      },
      close: () => connection.abort(),
    };
  },
};
