import { once } from "node:events";
import { Readable, type Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { LogsWay, RoundTripWay, TlsTarget } from "../../src/ways.ts";
import { connectTls } from "./send.ts";

export const logs: Record<string, LogsWay> = {
  "pipeline of createGzip, tls": async (target, lines) => {
    const socket = await connectTls(target);
    const answer = text(socket);
    await pipeline(Readable.from(lines), createGzip(), socket as Writable);
    return { arrived: Number(await answer) };
  },
  "createGzip.write + drain, piped to tls": async (target, lines) => {
    const socket = await connectTls(target);
    const answer = text(socket);
    const out = createGzip();
    out.pipe(socket);
    for (const line of lines) if (!out.write(line)) await once(out, "drain");
    out.end();
    return { arrived: Number(await answer) };
  },
};

export const flush: Record<string, RoundTripWay<TlsTarget>> = {
  "createGzip.flush, piped to tls": async (target, message) => {
    const socket = await connectTls(target);
    socket.setNoDelay(true);
    const out = createGzip();
    out.pipe(socket);
    return {
      async trip() {
        const answer = once(socket, "data");
        out.write(message);
        out.flush();
        await answer;
      },
      close() {
        out.destroy();
        socket.destroy();
      },
    };
  },
};
