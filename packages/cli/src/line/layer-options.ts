import type { Option, Options } from "./options.ts";

export type LayerName =
  | "gzip"
  | "zstd"
  | "brotli"
  | "deflate"
  | "gunzip"
  | "unzstd"
  | "unbrotli"
  | "inflate"
  | "decompress"
  | "buffer"
  | "limit"
  | "throttle";

export const LAYERS: Readonly<Record<LayerName, Option>> = {
  gzip: { value: "LEVEL", optional: true, help: "compress to gzip, 0 to 9 (default 6)" },
  zstd: { value: "LEVEL", optional: true, help: "compress to zstd, up to 22 (default 3)" },
  brotli: { value: "QUALITY", optional: true, help: "compress to brotli, 0 to 11 (default 5)" },
  deflate: { value: "LEVEL", optional: true, help: "compress to zlib, 0 to 9 (default 6)" },
  gunzip: { help: "decompress gzip" },
  unzstd: { help: "decompress zstd" },
  unbrotli: { help: "decompress brotli" },
  inflate: { help: "decompress zlib" },
  decompress: { help: "decompress gzip, zstd or zlib, whichever it is" },
  buffer: { value: "SIZE", help: "gather small writes" },
  limit: { value: "SIZE", help: "fail when more than this comes" },
  throttle: { value: "RATE", help: "pass on no more than, for example, 10MB/s" },
};

export const COMPRESSION: Options = {
  parallel: {
    value: "N",
    optional: true,
    help: "gzip and zstd compress N blocks at once (default: one for each CPU)",
  },
};
