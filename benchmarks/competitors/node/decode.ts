import { once } from "node:events";
import type { Transform } from "node:stream";
import * as zlib from "node:zlib";
import type { DecodeWay } from "../../src/ways.ts";

type Create = (options: { chunkSize: number }) => Transform;

const by =
  (create: Create, chunkSize: number): DecodeWay =>
  async (pieces) => {
    let length = 0;
    const decoder = create({ chunkSize });
    decoder.on("data", (chunk: Buffer) => (length += chunk.length));
    const end = once(decoder, "end");
    for (const piece of pieces) if (!decoder.write(piece)) await once(decoder, "drain");
    decoder.end();
    await end;
    return length;
  };

/** By its default, and by what its documentation says is faster. */
const ways = (name: string, create: Create): Record<string, DecodeWay> => ({
  [`${name}, 16 KiB`]: by(create, 16 << 10),
  [`${name}, 64 KiB`]: by(create, 64 << 10),
});

export const gunzip: Record<string, DecodeWay> = ways("createGunzip", zlib.createGunzip);
export const inflate: Record<string, DecodeWay> = ways("createInflate", zlib.createInflate);
export const unbrotli: Record<string, DecodeWay> = ways(
  "createBrotliDecompress",
  zlib.createBrotliDecompress,
);
export const unzstd: Record<string, DecodeWay> = ways(
  "createZstdDecompress",
  zlib.createZstdDecompress,
);
