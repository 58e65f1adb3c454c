import { createReadStream } from "node:fs";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import type { CopyWay } from "../../src/ways.ts";
import { connectTcp } from "./send.ts";

const from =
  (highWaterMark: number): CopyWay =>
  async (target, path) => {
    const socket = await connectTcp(target);
    const answer = text(socket);
    await pipeline(createReadStream(path, { highWaterMark }), socket);
    return { arrived: Number(await answer) };
  };

export const copy: Record<string, CopyWay> = {
  "pipeline, 64 KiB": from(64 * 1024),
  "pipeline, 256 KiB": from(256 * 1024),
};
