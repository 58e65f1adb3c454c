import { spawn } from "node:child_process";
import { once } from "node:events";
import { pipeline } from "node:stream/promises";
import { logText } from "../log-text.ts";
import { expectBytes, repeated, timed } from "../repeat.ts";
import type { Workload } from "../workload.ts";
import type { CodecWay } from "../ways.ts";

/** Several windows of either format, so that repeating it does not help. */
const TEXT_BYTES = 8 << 20;

function codec(command: string): Workload<CodecWay> {
  return repeated({
    unit: "MB/s",
    start(way, { size }) {
      const pieces = piecesOf(size);
      return async (count) => {
        let made: readonly Uint8Array[] = [];
        const milliseconds = await timed(async () => {
          made = await way(pieces(count));
        });
        expectBytes(await decodedLength(command, made), count * size);
        return milliseconds;
      };
    },
  });
}

let text: Buffer | undefined;

/** Pieces of the text, from its start again after its end. Each is made once, and that when warming up. */
function piecesOf(size: number): (count: number) => Generator<Uint8Array> {
  const all = (text ??= logText(TEXT_BYTES));
  const made: Uint8Array[] = [];
  const round = Math.floor(all.length / size);
  return function* pieces(count) {
    for (let index = 0; index < count; index++) {
      const at = index % round;
      yield (made[at] ??= all.subarray(at * size, (at + 1) * size));
    }
  };
}

/** By the command of the format, which judges all alike, and knows frames that follow each other. */
async function decodedLength(command: string, made: readonly Uint8Array[]): Promise<number> {
  const decoder = spawn(command, ["-d", "-c"], { stdio: ["pipe", "pipe", "inherit"] });
  let length = 0;
  const [, [status]] = await Promise.all([
    pipeline(made, decoder.stdin),
    once(decoder, "close") as Promise<[number]>,
    pipeline(decoder.stdout, async (decoded: AsyncIterable<Uint8Array>) => {
      for await (const chunk of decoded) length += chunk.length;
    }),
  ]);
  if (status !== 0) throw new Error(`${command} can't decode it`);
  return length;
}

export const gzip: Workload<CodecWay> = codec("gzip");
export const zstd: Workload<CodecWay> = codec("zstd");
