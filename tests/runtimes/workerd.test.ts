import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzip } from "@aw/compression";
import { memory } from "@aw/core";
import { connect } from "@aw/websocket";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { binaries } from "./binaries.ts";
import { bundleModule } from "./kit/bundle.ts";
import { startWorker, type Worker } from "./kit/workerd.ts";

/** A worker as people write it: it answers over a WebSocket, unpacked what comes as gzip. */
const ECHO = `
import { fromWebSocket, copy, gunzip } from "./echo.mjs";

export default {
  async fetch(request, env, context) {
    const { 0: client, 1: server } = new WebSocketPair();
    server.accept();
    const connection = fromWebSocket(server);
    const serve = async () => {
      const unpacked = gunzip(connection);
      await copy(connection.readable, unpacked);
      await unpacked.close();
    };
    context.waitUntil(serve().catch((error) => connection.abort(error)));
    return new Response(null, { status: 101, webSocket: client });
  },
};
`;

const EXPORTS = `
export { copy } from "@aw/core";
export { gunzip } from "@aw/compression";
export { fromWebSocket } from "@aw/websocket";
`;

describe.skipIf(binaries.workerd === "")("a worker on workerd", () => {
  const scratch = mkdtempSync(join(tmpdir(), "aw-workerd-"));
  let worker: Worker;
  beforeAll(async () => {
    const bundle = join(scratch, "echo.mjs");
    await bundleModule(EXPORTS, "workerd", bundle);
    worker = await startWorker(bundle, ECHO);
  });
  afterAll(() => {
    worker.stop();
    rmSync(scratch, { recursive: true });
  });

  it("serves a WebSocket, and both ends see the close", async () => {
    const text = "a line\n".repeat(100_000);
    const packed = memory();
    const out = gzip(packed);
    await out.writeAll(text);
    await out.close();

    const connection = await connect(`ws://127.0.0.1:${worker.port}/`);
    await connection.writeAll(packed.bytes());
    const received = memory();
    for await (const chunk of connection.readable) {
      await received.writeAll(chunk);
      if (received.length === text.length) break;
    }
    expect(received.text()).toBe(text);
    await connection.close();
  });
});
