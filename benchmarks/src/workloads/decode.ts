import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { logText } from "../log-text.ts";
import { cpuTimed, expectBytes, repeated } from "../repeat.ts";
import type { DecodeWay } from "../ways.ts";
import type { Workload } from "../workload.ts";

/** Decoded. Several windows of every format. */
const TEXT_BYTES = 4 << 20;

/** Whole streams, one after the other. What comes out, by the CPU time of the process: a pool of threads is no gift. */
function decode(compress: (text: Uint8Array) => Uint8Array): Workload<DecodeWay> {
  return repeated({
    unit: "MB/s",
    bytesOf: (streams) => streams * TEXT_BYTES,
    start(way, { size }) {
      const pieces = piecesOf(compress(logText(TEXT_BYTES)), size);
      return (streams) =>
        cpuTimed(async () => {
          for (let left = streams; left > 0; left--) expectBytes(await way(pieces), TEXT_BYTES);
        });
    },
  });
}

function piecesOf(stream: Uint8Array, size: number): readonly Uint8Array[] {
  const count = Math.ceil(stream.length / size);
  return Array.from({ length: count }, (_, index) =>
    stream.subarray(index * size, (index + 1) * size),
  );
}

export const gunzip: Workload<DecodeWay> = decode((text) => gzipSync(text));
export const inflate: Workload<DecodeWay> = decode((text) => deflateSync(text));
export const unzstd: Workload<DecodeWay> = decode((text) => zstdCompressSync(text));
export const unbrotli: Workload<DecodeWay> = decode((text) =>
  brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
);
