import { once } from "node:events";
import { text } from "node:stream/consumers";
import { constants } from "node:zlib";
import { Gzip } from "minizlib";
import type { LogsWay, RoundTripWay, TlsTarget } from "../../src/ways.ts";
import { connectTls } from "../node/send.ts";

export const logs: Record<string, LogsWay> = {
  "minizlib.Gzip, piped to tls": async (target, lines) => {
    const socket = await connectTls(target);
    const answer = text(socket);
    const out = new Gzip({ level: 6 });
    out.pipe(socket);
    for (const line of lines) if (!out.write(line)) await once(out, "drain");
    out.end();
    return { arrived: Number(await answer) };
  },
};

export const flush: Record<string, RoundTripWay<TlsTarget>> = {
  "minizlib.Gzip.flush, piped to tls": async (target, message) => {
    const socket = await connectTls(target);
    socket.setNoDelay(true);
    const out = new Gzip({ level: 6 });
    out.pipe(socket);
    return {
      async trip() {
        const answer = once(socket, "data");
        out.write(message);
        out.flush(constants.Z_SYNC_FLUSH);
        await answer;
      },
      close: () => void socket.destroy(),
    };
  },
};
