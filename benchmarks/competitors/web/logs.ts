import { Duplex } from "node:stream";
import type { LogsWay } from "../../src/ways.ts";
import { connectTls } from "../node/send.ts";

export const logs: Record<string, LogsWay> = {
  "CompressionStream, toWeb of tls": async (target, lines) => {
    const { readable, writable } = Duplex.toWeb(await connectTls(target));
    const compression = new CompressionStream("gzip");
    const sent = compression.readable.pipeTo(writable as WritableStream<Uint8Array>);
    const out = compression.writable.getWriter();
    for (const line of lines) {
      await out.ready;
      void out.write(line);
    }
    await out.close();
    await sent;
    return { arrived: Number(await new Response(readable as ReadableStream).text()) };
  },
};
