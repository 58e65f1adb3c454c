import { conformance } from "@aw/conformance/vitest";
import { inject } from "vitest";
import { connect } from "../../src/browser.ts";

const port = inject("websocketPort");

const transports = inject("streamKit")
  ? (["websocket", "stream"] as const)
  : ["websocket" as const];

for (const transport of transports) {
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
      supports: { fail: true },
      seeds: 40,
    });
  }
}
