import type { Competitor } from "../../src/competitor.ts";
import { findRuntime } from "../../src/runtimes.ts";
import type { FileWay } from "../../src/ways.ts";
import { gzip, zstd } from "../node/codec.ts";
import { websocketReceive } from "../web/receive.ts";
import { bun } from "./bun.ts";
import { tcp, tls } from "./send.ts";
import { proxy, serveEcho, serveMessages } from "./serve.ts";

const fileSink: FileWay = async (path, { message, count }) => {
  const sink = bun()
    .file(path)
    .writer({ highWaterMark: 256 * 1024 });
  for (let index = 0; index < count; index++) {
    const taken = sink.write(message);
    if (typeof taken !== "number") await taken;
  }
  await sink.end();
};

/** Bun, with its own API where it has one. */
export const competitor: Competitor = {
  countsHeap: false,
  runtime: "bun",
  prepare: () => (findRuntime("bun") === undefined ? "needs Bun" : undefined),
  ways: {
    tcp,
    tls,
    "websocket-receive": websocketReceive,
    "serve-echo": serveEcho,
    "serve-messages": serveMessages,
    proxy,
    accept: serveEcho,
    file: { FileSink: fileSink },
    gzip,
    zstd,
  },
};
