import { promisify } from "node:util";
import { constants, gzipSync, zstdDecompress, zstdDecompressSync } from "node:zlib";
import { gunzip, gzip, zstd } from "@aw/compression";
import { stackConformance } from "@aw/conformance/vitest";

// Codecs on the thread pool, over sources and destinations that the kit makes wayward.

const unzstd = promisify(zstdDecompress);

stackConformance({
  name: "gunzip into zstd",
  reader: (inner) => ({ reader: gunzip(inner) }),
  writer: (inner) => zstd(inner),
  encode: (bytes) => gzipSync(bytes),
  decode: async (bytes, isComplete) => {
    if (isComplete) return zstdDecompressSync(bytes);
    return bytes.length === 0 ? bytes : unzstd(bytes, { finishFlush: constants.ZSTD_e_flush });
  },
  seeds: 60,
});

stackConformance({
  name: "gzip into gunzip",
  reader: (inner) => ({ reader: gzip(inner) }),
  writer: (inner) => gunzip(inner),
  seeds: 60,
});
