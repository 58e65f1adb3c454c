import { conformance } from "@aw/conformance/vitest";
import { connect, listen, type WebSocketConnection } from "@aw/websocket";
import { next, portOf, turn } from "./instruments.ts";

for (const halfClose of [false, true]) {
  for (const end of ["client", "server"] as const) {
    conformance({
      name: `websocket ${end}${halfClose ? ", half-close" : ""}`,
      factory: async () => {
        const listener = await listen();
        const accepted = next(listener);
        const client = await connect(`ws://127.0.0.1:${portOf(listener)}`, { halfClose });
        const server = await accepted;
        const [writer, peer] = end === "client" ? [client, server] : [server, client];
        return { writer, ...collect(peer, writer), cleanup: () => listener.abort() };
      },
      // Not `finished`: an abort after a close that has begun comes after the close frame.
      supports: { fail: true, unprompted: true },
    });
  }
}

function collect(peer: WebSocketConnection, writer: WebSocketConnection) {
  const received: Uint8Array[] = [];
  let length = 0;
  let over = false;
  let grown = (): void => {};
  const grow = (): void => grown();
  void (async () => {
    try {
      for await (const chunk of peer.readable) {
        received.push(chunk);
        length += chunk.length;
        grow();
      }
    } catch {
      // Cut off: nothing more will come.
    }
    over = true;
    grow();
  })();
  const wait = (): Promise<void> =>
    new Promise((resolve) => {
      grown = resolve;
    });
  return {
    fail: async () => {
      peer.abort();
      while (writer.state !== "failed") await turn();
    },
    delivered: async (count: number) => {
      while (length < count && !over) await wait();
      return new Uint8Array(Buffer.concat(received));
    },
  };
}
