import { conformance } from "@aw/conformance/vitest";
import { inject } from "vitest";
import { connect } from "../../src/browser.ts";

const port = inject("websocketPort");

/** Firefox has no WebSocketStream; `connect` refuses it there. */
const TRANSPORTS = (["websocket", "stream"] as const).filter(
  (transport) => transport === "websocket" || "WebSocketStream" in globalThis,
);

/**
 * Chromium 156 crashes the page when a connection is cut off while a write waits:
 *
 *     const { writable } = await new WebSocketStream(url).opened;
 *     const writer = writable.getWriter();
 *     await writer.write("cut me off"); // the server does
 *     writer.write("x"); // waits
 *
 * So `fail`, which cuts, is left to `AW_WEBSOCKET_STREAM=1`.
 */
const cuts = { websocket: true, stream: inject("cutStreams") };

for (const transport of TRANSPORTS) {
  for (const halfClose of [false, true]) {
    conformance({
      name: `websocket over ${transport}${halfClose ? ", half-close" : ""}`,
      factory: async () => {
        const id = crypto.randomUUID();
        const writer = await connect(`ws://127.0.0.1:${port}/collect?id=${id}`, {
          transport,
          halfClose,
        });
        const ask = (what: string) => fetch(`http://127.0.0.1:${port}/${what}id=${id}`);
        return {
          writer,
          fail: async () => {
            await ask("cut?");
            while (writer.state !== "failed") await new Promise((resolve) => setTimeout(resolve));
          },
          delivered: async (count) =>
            new Uint8Array(await (await ask(`got?count=${count}&`)).arrayBuffer()),
          cleanup: () => writer.abort(),
        };
      },
      supports: { fail: cuts[transport], unprompted: true },
      seeds: 40,
    });
  }
}
