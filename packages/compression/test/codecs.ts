import * as zlib from "node:zlib";
import {
  brotli,
  deflate,
  deflateRaw,
  gunzip,
  gzip,
  inflate,
  inflateRaw,
  unbrotli,
  unzstd,
  zstd,
  type DecodeOptions,
  type DecodeReader,
  type DecodeWriter,
  type EncodeReader,
  type EncodeWriter,
  type FlushOnIdle,
} from "@aw/compression";
import { memory, type AsyncWrite, type LayerSource, type Writer } from "@aw/core";

/** One codec, both ways, with Node's own functions beside it. */
export interface Codec {
  readonly name: string;
  /** What the encoder calls itself. */
  readonly label: string;
  readonly encode: (inner: AsyncWrite) => EncodeWriter;
  readonly decode: (inner: AsyncWrite, options?: DecodeOptions) => DecodeWriter;
  readonly nodeEncode: (data: Uint8Array) => Buffer;
  readonly nodeDecode: (data: Uint8Array) => Buffer;
  /** As much as can be decoded so far. */
  readonly nodeDecodeSoFar: (data: Uint8Array) => Buffer;
  /** Whether every corruption is found by a checksum. */
  readonly hasChecksum: boolean;
}

const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH, ZSTD_e_flush, ZSTD_c_checksumFlag } = zlib.constants;

export const codecs: readonly Codec[] = [
  {
    name: "gzip",
    label: "gzip(6)",
    encode: gzip,
    decode: gunzip,
    nodeEncode: (data) => zlib.gzipSync(data),
    nodeDecode: (data) => zlib.gunzipSync(data),
    nodeDecodeSoFar: (data) => zlib.gunzipSync(data, { finishFlush: Z_SYNC_FLUSH }),
    hasChecksum: true,
  },
  {
    name: "deflate",
    label: "deflate(6)",
    encode: deflate,
    decode: inflate,
    nodeEncode: (data) => zlib.deflateSync(data),
    nodeDecode: (data) => zlib.inflateSync(data),
    nodeDecodeSoFar: (data) => zlib.inflateSync(data, { finishFlush: Z_SYNC_FLUSH }),
    hasChecksum: true,
  },
  {
    name: "deflate-raw",
    label: "deflate-raw(6)",
    encode: deflateRaw,
    decode: inflateRaw,
    nodeEncode: (data) => zlib.deflateRawSync(data),
    nodeDecode: (data) => zlib.inflateRawSync(data),
    nodeDecodeSoFar: (data) => zlib.inflateRawSync(data, { finishFlush: Z_SYNC_FLUSH }),
    hasChecksum: false,
  },
  {
    name: "brotli",
    label: "brotli(3)",
    // With its default window it keeps up to 8 MiB of input before it puts any out.
    encode: (inner) => brotli(inner, { quality: 3, lgwin: 16 }),
    decode: unbrotli,
    nodeEncode: (data) => zlib.brotliCompressSync(data),
    nodeDecode: (data) => zlib.brotliDecompressSync(data),
    nodeDecodeSoFar: (data) =>
      zlib.brotliDecompressSync(data, { finishFlush: BROTLI_OPERATION_FLUSH }),
    hasChecksum: false,
  },
  {
    name: "zstd",
    label: "zstd(3)",
    encode: zstd,
    decode: unzstd,
    nodeEncode: (data) => zlib.zstdCompressSync(data, { params: { [ZSTD_c_checksumFlag]: 1 } }),
    nodeDecode: (data) => zlib.zstdDecompressSync(data),
    nodeDecodeSoFar: (data) => zlib.zstdDecompressSync(data, { finishFlush: ZSTD_e_flush }),
    hasChecksum: true,
  },
];

/** A codec whose layers are put on what is read. */
export interface ReadingCodec extends Pick<Codec, "name" | "nodeEncode" | "nodeDecode"> {
  readonly encode: (inner: LayerSource, options?: FlushOnIdle) => EncodeReader;
  readonly decode: (inner: LayerSource, options?: DecodeOptions) => DecodeReader;
}

const READING: Readonly<Record<string, Pick<ReadingCodec, "encode" | "decode">>> = {
  gzip: { encode: gzip, decode: gunzip },
  deflate: { encode: deflate, decode: inflate },
  "deflate-raw": { encode: deflateRaw, decode: inflateRaw },
  brotli: {
    encode: (inner, options) => brotli(inner, { ...options, quality: 3, lgwin: 16 }),
    decode: unbrotli,
  },
  zstd: { encode: zstd, decode: unzstd },
};

export const readingCodecs: readonly ReadingCodec[] = codecs.map((codec) => ({
  ...codec,
  ...(READING[codec.name] as (typeof READING)[string]),
}));

/** Everything that `writer` makes of `data`. */
export async function through(
  make: (inner: AsyncWrite) => Writer,
  data: Uint8Array,
): Promise<Uint8Array> {
  const target = memory();
  const out = make(target);
  await out.writeAll(data);
  await out.close();
  return target.bytes();
}
