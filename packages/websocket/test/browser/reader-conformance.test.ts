import { readerConformance } from "@aw/conformance/vitest";
import { inject } from "vitest";
import { connect } from "../../src/browser.ts";

const port = inject("websocketPort");

/** Firefox has no WebSocketStream; `connect` refuses it there. */
const TRANSPORTS = (["websocket", "stream"] as const).filter(
  (transport) => transport === "websocket" || "WebSocketStream" in globalThis,
);

/** As for writers: a cut crashes the page only if a write waits, and a reader has none. */
for (const transport of TRANSPORTS) {
  for (const halfClose of [false, true]) {
    readerConformance({
      name: `websocket over ${transport}${halfClose ? ", half-close" : ""}`,
      factory: async () => {
        const id = crypto.randomUUID();
        const url = `ws://127.0.0.1:${port}/collect?id=${id}`;
        const connection = await connect(url, { transport, halfClose });
        const ask = async (what: string, body?: Uint8Array<ArrayBuffer>): Promise<void> => {
          const method = body === undefined ? "GET" : "POST";
          await fetch(`http://127.0.0.1:${port}/${what}?id=${id}`, { method, body: body ?? null });
        };
        return {
          reader: connection.reader,
          // An empty message would be the end of a half-close.
          give: async (bytes) => {
            if (bytes.length > 0) await ask("give", new Uint8Array(bytes));
          },
          end: () => ask("end"),
          fail: () => ask("cut"),
          cleanup: () => connection.abort(),
        };
      },
      supports: { fail: true },
      // Chromium 156 drops messages that wait for a page that does not read, once the server closes, and calls that
      // a clean end; only the end of a half-close, a message of its own, tells. Seed 26 is the first schedule with more
      // waiting than is read ahead.
      seeds: transport === "stream" && !halfClose ? 25 : 40,
    });
  }
}
