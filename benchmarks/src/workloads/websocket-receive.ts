import { cpuTimed, expectBytes, repeated } from "../repeat.ts";
import { startProgram } from "../receiver.ts";
import type { ReceiveWay, WebSocketTarget } from "../ways.ts";
import type { Workload } from "../workload.ts";

/** From a server that sends as fast as it is taken. The CPU time of who receives, for each message. */
export const websocketReceive: Workload<ReceiveWay<WebSocketTarget>> = repeated({
  unit: "ns",
  async open() {
    const { printed, stop } = await startProgram("websocket-send");
    return { target: { url: `ws://127.0.0.1:${printed}` } satisfies WebSocketTarget, close: stop };
  },
  start(way, { size, target }) {
    const { url } = target as WebSocketTarget;
    return (count) =>
      cpuTimed(async () => {
        const arrived = await way({ url: `${url}/?size=${size}&count=${count}` });
        expectBytes(arrived, count * size);
      });
  },
});
