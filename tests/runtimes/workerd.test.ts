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

/** A worker whose requests do much at once. Some are over before the next turn. */
const BUSY = `
import { gunzip, gzip, sink } from "./busy.mjs";

const early = sink();
for (let each = 0; each < 100_000; each++) void early.writeAll("x");

export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    const out = gzip(gunzip(sink()));
    if (pathname === "/leave") {
      for (let each = 0; each < 100_000; each++) void out.writeAll("x");
      return new Response("left");
    }
    let isDue = false;
    setTimeout(() => (isDue = true));
    for (let each = 0; each < 200_000; each++) await out.writeAll("x");
    await out.close();
    return new Response(isDue ? "stayed" : "no timer was let run");
  },
};
`;

const EXPORTS = `
export { copy, sink } from "@aw/core";
export { gunzip, gzip } from "@aw/compression";
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

describe.skipIf(binaries.workerd === "").each([{ flags: [] }, { flags: ["nodejs_compat"] }])(
  "a worker whose requests end while others go on, with the flags $flags",
  ({ flags }) => {
    const scratch = mkdtempSync(join(tmpdir(), "aw-workerd-"));
    let worker: Worker;
    beforeAll(async () => {
      const bundle = join(scratch, "busy.mjs");
      await bundleModule(EXPORTS, "workerd", bundle);
      worker = await startWorker(bundle, BUSY, flags);
    });
    afterAll(() => {
      worker.stop();
      rmSync(scratch, { recursive: true });
    });

    it("waits for no turn of a request that is over, and lets timers run", async () => {
      expect(await worker.answer("/leave")).toBe("left");
      expect(await worker.answer("/stay")).toBe("stayed");
    });

    it("keeps requests at the same time apart", async () => {
      const paths = ["/stay", "/leave", "/stay", "/leave", "/stay"];
      const answers = await Promise.all(paths.map((path) => worker.answer(path)));
      expect(answers).toEqual(["stayed", "left", "stayed", "left", "stayed"]);
    });
  },
);
