import * as codecs from "@aw/compression";
import { sink, type Layer, type LayerSource, type Reader } from "@aw/core";
import type { DecodeWay } from "../../src/ways.ts";

const written =
  (decode: (...inner: Parameters<Layer>) => codecs.DecodeWriter): DecodeWay =>
  async (pieces) => {
    const out = decode(sink());
    for (const piece of pieces) await out.writeAll(piece);
    await out.close();
    return out.bytesOut;
  };

const read =
  (decode: (inner: LayerSource) => Reader): DecodeWay =>
  async (pieces) => {
    let length = 0;
    for await (const chunk of decode(pieces)) length += chunk.length;
    return length;
  };

export const gunzip: Record<string, DecodeWay> = {
  writeAll: written(codecs.gunzip),
  read: read(codecs.gunzip),
};
export const inflate: Record<string, DecodeWay> = {
  writeAll: written(codecs.inflate),
  read: read(codecs.inflate),
};
export const unbrotli: Record<string, DecodeWay> = {
  writeAll: written(codecs.unbrotli),
  read: read(codecs.unbrotli),
};
export const unzstd: Record<string, DecodeWay> = {
  writeAll: written(codecs.unzstd),
  read: read(codecs.unzstd),
};
