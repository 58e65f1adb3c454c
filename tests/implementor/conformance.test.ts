import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { conformance } from "@aw/conformance/vitest";
import { Writer, type AsyncWrite } from "@aw/core";
import { chunked } from "./chunked.ts";
import { dial } from "./dial.ts";
import { Hashed } from "./hashed.ts";

// What the README of core shows to implementors, under the kit.

conformance({
  name: "dial",
  factory: async () => {
    const server = createServer({ allowHalfOpen: true }).listen(0, "localhost");
    await once(server, "listening");
    const writer = dial((server.address() as AddressInfo).port);
    const [peer] = (await once(server, "connection")) as [Socket];
    const received: Buffer[] = [];
    let length = 0;
    let isOver = false;
    peer.on("data", (chunk: Buffer) => {
      received.push(chunk);
      length += chunk.length;
    });
    for (const event of ["end", "close", "error"]) peer.on(event, () => (isOver = true));
    return {
      writer,
      delivered: async (count) => {
        while (length < count && !isOver) await new Promise(setImmediate);
        return Buffer.concat(received);
      },
      fail: async () => {
        peer.resetAndDestroy();
        while (writer.state !== "failed") await new Promise(setImmediate);
      },
      cleanup: async () => {
        peer.destroy();
        server.close();
        await once(server, "close");
      },
    };
  },
  // Not `finished`: an abort after a close that has begun comes after the FIN.
  supports: { fail: true, unprompted: true },
  seeds: 300,
});

conformance({ name: "chunked", layer: chunked, decode: unchunked, isComplete, seeds: 500 });

conformance({
  name: "Hashed",
  layer: (inner: AsyncWrite) => new Writer(new Hashed(inner)),
  supports: { unprompted: true },
  seeds: 500,
});

/** The data of all chunks that are there, the last of them perhaps not as a whole. */
function unchunked(bytes: Uint8Array): Uint8Array {
  const all = Buffer.from(bytes);
  const data: Buffer[] = [];
  for (let at = 0; at < all.length;) {
    const start = all.indexOf("\r\n", at) + 2;
    if (start < 2) break;
    const end = start + Number.parseInt(all.toString("latin1", at, start), 16);
    data.push(all.subarray(start, end));
    at = end + 2;
  }
  return Buffer.concat(data);
}

function isComplete(bytes: Uint8Array): boolean {
  return Buffer.from(bytes).toString("latin1").endsWith("0\r\n\r\n");
}
