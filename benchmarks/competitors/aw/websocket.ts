import { copy, PENDING, pollFn, sink, type Reader, type Writer } from "@aw/core";
import { connect, listen } from "@aw/websocket";
import type { BroadcastWay, Payload, ReceiveWay, WebSocketTarget } from "../../src/ways.ts";

type Count = (reader: Reader) => Promise<number>;

const looped = async (chunks: AsyncIterable<Uint8Array>): Promise<number> => {
  let arrived = 0;
  for await (const chunk of chunks) arrived += chunk.length;
  return arrived;
};

/** As a layer reads it. */
const polled: Count = (reader) => {
  let arrived = 0;
  return pollFn((waker) => {
    for (;;) {
      const view = reader.pollFillBuf(waker);
      if (view === PENDING) return PENDING;
      if (view.length === 0) return arrived;
      arrived += view.length;
      reader.consume(view.length);
    }
  });
};

const received =
  (count: Count): ReceiveWay<WebSocketTarget> =>
  async ({ url }) =>
    count((await connect(url)).reader);

export const websocketReceive: Record<string, ReceiveWay<WebSocketTarget>> = {
  "for await": received(looped),
  copy: received((reader) => copy(reader, sink())),
  poll: received(polled),
  "for await of readable": received((reader) => looped(reader.stream)),
};

type ToAll = (connections: readonly Writer[], payload: Payload) => Promise<void>;

/** Waits only for those that have no room. */
const tried: ToAll = async (connections, { message, count }) => {
  for (let index = 0; index < count; index++) {
    for (const connection of connections) {
      const n = connection.tryWrite(message);
      if (n < message.length) await connection.writeAll(message.subarray(n));
    }
  }
};

const together: ToAll = async (connections, { message, count }) => {
  for (let index = 0; index < count; index++) {
    await Promise.all(connections.map((connection) => connection.writeAll(message)));
  }
};

const broadcasting =
  (toAll: ToAll): BroadcastWay =>
  async () => {
    const listener = await listen();
    const connections: Writer[] = [];
    const taking = (async () => {
      for await (const connection of listener) connections.push(connection);
    })();
    return {
      port: (listener.address as { port: number }).port,
      send: (payload) => toAll(connections, payload),
      close() {
        listener.abort();
        void taking;
      },
    };
  };

export const broadcast: Record<string, BroadcastWay> = {
  "tryWrite to each": broadcasting(tried),
  "Promise.all of writeAll": broadcasting(together),
};
