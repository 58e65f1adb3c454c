import { text } from "node:stream/consumers";
import type { LogsWay } from "../../src/ways.ts";
import { connectTls } from "../node/send.ts";
import { streamIter, zlibIter } from "./iter.ts";

export const logs: Record<string, LogsWay> = {
  "pipeTo with compressGzip, tls": async (target, lines) => {
    const { from, fromWritable, pipeTo } = await streamIter();
    const { compressGzip } = await zlibIter();
    const socket = await connectTls(target);
    const answer = text(socket);
    const out = fromWritable(socket, { backpressure: "unbounded" });
    await pipeTo(from(lines), compressGzip(), out);
    return { arrived: Number(await answer) };
  },
};
