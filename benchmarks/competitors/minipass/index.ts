import { once } from "node:events";
import { WriteStream, WriteStreamSync } from "@isaacs/fs-minipass";
import { Minipass } from "minipass";
import { Gzip, ZstdCompress } from "minizlib";
import type { Competitor } from "../../src/competitor.ts";
import type { CallWay, CodecWay, FileWay, Payload } from "../../src/ways.ts";
import { flush, logs } from "./logs.ts";

async function drained(
  out: NodeJS.EventEmitter & { write(chunk: Uint8Array): boolean },
  { message, count }: Payload,
): Promise<void> {
  for (let index = 0; index < count; index++) {
    if (!out.write(message)) await once(out, "drain");
  }
}

const through =
  (create: () => Gzip | ZstdCompress): CodecWay =>
  async (pieces) => {
    const made: Buffer[] = [];
    const out = create();
    out.on("data", (chunk: Buffer) => made.push(chunk));
    // It compresses at once, in this thread: there is always room.
    for (const piece of pieces) out.write(piece);
    out.end();
    return made;
  };

const into =
  (create: (path: string) => WriteStream): FileWay =>
  async (path, payload) => {
    const out = create(path);
    const closed = once(out, "close");
    await drained(out, payload);
    out.end();
    await closed;
  };

const call: CallWay = (layers) => {
  const out = new Minipass<Uint8Array>({});
  let last = out;
  for (let layer = 1; layer < layers; layer++) last = last.pipe(new Minipass<Uint8Array>({}));
  last.resume();
  return (payload) => drained(out, payload);
};

export const competitor: Competitor = {
  ways: {
    call: { write: call },
    file: {
      WriteStream: into((path) => new WriteStream(path, {})),
      WriteStreamSync: into((path) => new WriteStreamSync(path, {})),
    },
    gzip: { "minizlib.Gzip": through(() => new Gzip({ level: 6 })) },
    logs,
    flush,
    import: { minipass: "minipass", minizlib: "minizlib", "fs-minipass": "@isaacs/fs-minipass" },
    size: {
      minipass: `export * from "minipass";`,
      minizlib: `export * from "minizlib";`,
      "fs-minipass": `export * from "@isaacs/fs-minipass";`,
    },
    zstd: { "minizlib.ZstdCompress": through(() => new ZstdCompress({})) },
  },
};
