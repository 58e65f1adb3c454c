import { createWriteStream, type ReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { copy, type Layer } from "@aw/core";
import { check } from "../descriptor/check.ts";
import { open } from "../open.ts";

/** How old files are compressed: by a layer of your choice, such as `zstd` of `@aw/compression`. */
export interface Compression {
  /** What is added to the name, with its dot: ".zst". */
  extension: string;
  layer: Layer;
}

export interface Compressor {
  readonly extension: string;
  /** Compresses a file into a new one, which is on the disk when it resolves. */
  compress(source: ReadStream, target: string, signal: AbortSignal): Promise<void>;
}

/** What does the work for the option `compress`. */
export function compressorFor(compression: "gzip" | Compression): Compressor {
  if (compression === "gzip") return GZIP;
  const { extension, layer } = compression;
  check(/^\.\w+$/.test(extension), `extension must look like ".zst", got ${extension}`);
  check(typeof layer === "function", `layer must be a function, got ${String(layer)}`);
  return {
    extension,
    async compress(source, target, signal) {
      const out = layer(await open(target, { flags: "wx", durability: "full" }));
      try {
        await copy(source, out, { signal });
        await out.close();
      } finally {
        // Lets go of what has failed; what is closed stays as it is.
        out.abort();
      }
    },
  };
}

const GZIP: Compressor = {
  extension: ".gz",
  async compress(source, target, signal) {
    const out = createWriteStream(target, { flags: "wx", flush: true });
    await pipeline(source, createGzip(), out, { signal });
  },
};
