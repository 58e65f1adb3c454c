import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { copy as copyInto, type ByteSource } from "@aw/core";
import { connect } from "@aw/tcp";
import type { CopyWay } from "../../src/ways.ts";

/** As large as what a connection sends at a time. */
const CHUNK: number = 256 * 1024;

const from =
  (read: (path: string) => ByteSource | Promise<ByteSource>): CopyWay =>
  async ({ port }, path) => {
    const out = await connect({ host: "127.0.0.1", port });
    await copyInto(await read(path), out);
    await out.close();
    return { arrived: Number(await new Response(out.readable).text()) };
  };

export const copy: Record<string, CopyWay> = {
  "copy of createReadStream": from((path) => createReadStream(path, { highWaterMark: CHUNK })),
  "copy of readableWebStream": from(async (path) => (await open(path)).readableWebStream()),
};
