import { spawn } from "node:child_process";
import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Competitor } from "../../src/competitor.ts";
import { hasCommand } from "../../src/programs.ts";
import type { CodecWay } from "../../src/ways.ts";

/** Fed through its standard input; its start is part of the time. */
const through =
  (command: string, ...args: string[]): CodecWay =>
  async (pieces) => {
    const made: Buffer[] = [];
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    child.stdout.on("data", (chunk: Buffer) => made.push(chunk));
    await Promise.all([
      pipeline(Readable.from(gathered(pieces)), child.stdin),
      once(child, "close"),
    ]);
    return made;
  };

/** A command reads what is in the pipe, however it came there. */
function* gathered(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  let batch: Uint8Array[] = [];
  let length = 0;
  for (const piece of pieces) {
    batch.push(piece);
    length += piece.length;
    if (length < 64 * 1024) continue;
    yield batch.length === 1 ? piece : Buffer.concat(batch);
    batch = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(batch);
}

/** The commands that people pipe into. */
export const competitor: Competitor = {
  prepare: () => {
    const missing = ["gzip", "pigz", "zstd"].filter((command) => !hasCommand(command));
    return missing.length === 0 ? undefined : `needs ${missing.join(", ")}`;
  },
  ways: {
    gzip: {
      "gzip -6": through("gzip", "-6", "-c"),
      "pigz -6 -p 2": through("pigz", "-6", "-c", "-p", "2"),
    },
    zstd: { "zstd -3": through("zstd", "-3", "-c", "--no-check", "-q") },
  },
};
