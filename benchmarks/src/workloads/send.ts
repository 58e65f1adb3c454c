import { openReceiver, openTlsReceiver, startProgram } from "../receiver.ts";
import { expectBytes, repeated, timed } from "../repeat.ts";
import type { Opened, Workload } from "../workload.ts";
import type { SendWay, SocketTarget, TlsTarget, WebSocketTarget } from "../ways.ts";

function sending<Target>(open: () => Promise<Opened>): Workload<SendWay<Target>> {
  return repeated({
    unit: "MB/s",
    open,
    start(way, { size, target }) {
      const message = new Uint8Array(size).fill(65);
      return (count) =>
        timed(async () => {
          const sent = await way(target as Target, { message, count });
          expectBytes(sent.arrived, count * size);
          return sent;
        });
    },
  });
}

export const tcp: Workload<SendWay<SocketTarget>> = sending(() => openReceiver("count"));
export const tls: Workload<SendWay<TlsTarget>> = sending(() => openTlsReceiver("tls-count"));
export const websocket: Workload<SendWay<WebSocketTarget>> = sending(async () => {
  const { printed, stop } = await startProgram("websocket-count");
  return { target: { url: `ws://127.0.0.1:${printed}` } satisfies WebSocketTarget, close: stop };
});
