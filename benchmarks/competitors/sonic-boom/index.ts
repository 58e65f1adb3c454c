import { once } from "node:events";
import sonicBoom, { type SonicBoomOpts } from "sonic-boom";
import type { Competitor } from "../../src/competitor.ts";
import type { FileWay, LogLinesWay } from "../../src/ways.ts";

const into =
  (options: SonicBoomOpts): FileWay =>
  async (path, { message, count }) => {
    const out = new sonicBoom.SonicBoom({ dest: path, contentMode: "buffer", ...options });
    await once(out, "ready");
    // Its types know strings only; `contentMode` is for buffers.
    const write = out.write.bind(out) as unknown as (chunk: Uint8Array) => boolean;
    for (let index = 0; index < count; index++) {
      if (!write(message)) await once(out, "drain");
    }
    out.end();
    await once(out, "close");
  };

const log =
  (options: SonicBoomOpts): LogLinesWay =>
  async (path) => {
    const out = new sonicBoom.SonicBoom({ dest: path, append: true, ...options });
    await once(out, "ready");
    return out;
  };

const KIB = 1024;

export const competitor: Competitor = {
  ways: {
    import: { "sonic-boom": "sonic-boom" },
    size: { "sonic-boom": `export * from "sonic-boom";` },
    "log-lines": {
      // The two of `pino.destination`, as its documentation has them.
      sync: log({ sync: true }),
      "async, 4 KiB": log({ sync: false, minLength: 4 * KIB }),
    },
    file: {
      // What pino recommends, and larger ones; it gets slower as its buffer grows.
      "sync, 4 KiB": into({ sync: true, minLength: 4 * KIB }),
      "sync, 64 KiB": into({ sync: true, minLength: 64 * KIB, maxWrite: 128 * KIB }),
      "async, 64 KiB": into({ sync: false, minLength: 64 * KIB, maxWrite: 128 * KIB }),
    },
  },
};
