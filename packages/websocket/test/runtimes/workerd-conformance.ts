// Both sides of `fromWebSocket` under the kit, on the sockets of Cloudflare's workers. Bundled by
// `tests/runtimes/kit/bundle.ts`; nothing else has a `WebSocketPair`.
import { conformance, readerConformance } from "@aw/conformance/vitest";
import { fromWebSocket, type PlatformWebSocket, type WebSocketConnection } from "@aw/websocket";

interface WorkerSocket extends PlatformWebSocket {
  accept(): void;
}

declare const WebSocketPair: new () => { 0: WorkerSocket; 1: WorkerSocket };

interface Ends {
  connection: WebSocketConnection;
  peer: WorkerSocket;
  received: Uint8Array[];
}

function pair(): Ends {
  const { 0: peer, 1: ours } = new WebSocketPair();
  const received: Uint8Array[] = [];
  peer.accept();
  ours.accept();
  peer.binaryType = "arraybuffer";
  peer.addEventListener("message", ({ data }) =>
    received.push(new Uint8Array(data as ArrayBuffer)),
  );
  peer.addEventListener("close", ({ code }) => {
    // It is left to programs to answer.
    if (code !== 1006) peer.close(1000);
  });
  return { connection: fromWebSocket(ours), peer, received };
}

/** What came, once it is so many bytes. */
async function delivered(received: readonly Uint8Array[], count: number): Promise<Uint8Array> {
  const length = (): number => received.reduce((sum, chunk) => sum + chunk.length, 0);
  while (length() < count) await new Promise((resolve) => setTimeout(resolve));
  const all = new Uint8Array(length());
  let end = 0;
  for (const chunk of received) {
    all.set(chunk, end);
    end += chunk.length;
  }
  return all;
}

conformance({
  name: "fromWebSocket",
  factory: () => {
    const { connection, peer, received } = pair();
    return {
      writer: connection,
      fail: async () => {
        peer.close(4321, "out of tea");
        while (connection.state !== "failed") await new Promise((resolve) => setTimeout(resolve));
      },
      delivered: (count) => delivered(received, count),
      cleanup: () => connection.abort(),
    };
  },
  supports: { fail: true, unprompted: true },
  seeds: 40,
});

readerConformance({
  name: "fromWebSocket",
  factory: () => {
    const { connection, peer } = pair();
    return {
      reader: connection.reader,
      give: (bytes) => peer.send(new Uint8Array(bytes)),
      end: () => peer.close(1000),
      fail: () => peer.close(4321, "out of tea"),
      cleanup: () => connection.abort(),
    };
  },
  supports: { fail: true },
  seeds: 40,
});
