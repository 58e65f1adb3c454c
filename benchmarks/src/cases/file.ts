import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open } from "@aw/file";
import {
  expectBytes,
  megabytesPerSecond,
  scaled,
  timed,
  type BenchCase,
  type MeasureOptions,
} from "../bench-case.ts";

const MESSAGE = new Uint8Array(64).fill(65);

/** Measures one way to write `count` messages to a file. */
function into(
  messages: number,
  write: (path: string, count: number) => Promise<void>,
): (options: MeasureOptions) => Promise<number> {
  return async (options) => {
    const folder = await mkdtemp(join(tmpdir(), "aw-bench-"));
    try {
      const path = join(folder, "out");
      const count = scaled(messages, options, 10);
      const milliseconds = await timed(() => write(path, count));
      expectBytes((await stat(path)).size, count * MESSAGE.length);
      return megabytesPerSecond(count * MESSAGE.length, milliseconds);
    } finally {
      await rm(folder, { recursive: true });
    }
  };
}

const ours = (io: "async" | "sync") =>
  into(5_000_000, async (path, count) => {
    const out = await open(path, { io });
    for (let index = 0; index < count; index++) await out.writeAll(MESSAGE);
    await out.close();
  });

export const file64: BenchCase = {
  name: "file-64B",
  unit: "MB/s",
  subjects: {
    "aw, sync": ours("sync"),
    "aw, async": ours("async"),
    createWriteStream: into(1_000_000, async (path, count) => {
      const out = createWriteStream(path);
      for (let index = 0; index < count; index++) {
        if (!out.write(MESSAGE)) await once(out, "drain");
      }
      out.end();
      await once(out, "close");
    }),
  },
};
