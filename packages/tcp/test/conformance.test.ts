import { conformance } from "@aw/conformance/vitest";
import { connect, listen, type TcpConnection } from "@aw/tcp";

conformance({
  name: "tcp",
  factory: async () => {
    const listener = await listen();
    const { port } = listener.address as { port: number };
    const accepted = (async () => {
      for await (const connection of listener) return connection;
      throw new Error("the listener ended");
    })();
    const writer: TcpConnection = await connect({ host: "127.0.0.1", port });
    const peer = await accepted;
    const received: Uint8Array[] = [];
    let ended = false;
    let length = 0;
    let grown = (): void => {};
    const reading = (async () => {
      for await (const chunk of peer.readable) {
        received.push(chunk);
        length += chunk.length;
        grown();
      }
      ended = true;
      grown();
    })().catch(() => {
      // Cut off: nothing more will come.
      ended = true;
      grown();
    });
    return {
      writer,
      fail: async () => {
        peer.abort();
        while (writer.state !== "failed") await new Promise((resolve) => setImmediate(resolve));
      },
      delivered: async (count) => {
        while (length < count && !ended) {
          await new Promise<void>((resolve) => {
            grown = resolve;
          });
        }
        return new Uint8Array(Buffer.concat(received));
      },
      cleanup: async () => {
        peer.abort();
        await reading;
        listener.abort();
      },
    };
  },
  // Not `finished`: an abort after a close that has begun comes after the FIN.
  supports: { fail: true },
});
