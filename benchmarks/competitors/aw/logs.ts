import { gzip } from "@aw/compression";
import { buffered, compose } from "@aw/core";
import { connect } from "@aw/tls";
import type { LogsWay, RoundTripWay, TlsTarget } from "../../src/ways.ts";

const open = ({ port, ca }: TlsTarget) =>
  connect({ host: "127.0.0.1", port }, { ca, servername: "localhost" });

export const logs: Record<string, LogsWay> = {
  "buffered > gzip > tls": async (target, lines) => {
    const tls = await open(target);
    const out = compose(tls, gzip, buffered);
    for (const line of lines) await out.writeAll(line);
    await out.close();
    return { arrived: Number(await new Response(tls.readable).text()) };
  },
};

export const flush: Record<string, RoundTripWay<TlsTarget>> = {
  "buffered > gzip > tls": async (target, message) => {
    const tls = await open(target);
    const out = compose(tls, gzip, buffered);
    const reader = tls.readable.getReader();
    return {
      async trip() {
        await out.writeAll(message);
        await out.flush();
        await reader.read();
      },
      close: () => out.abort(),
    };
  },
};
