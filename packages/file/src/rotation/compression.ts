import {
  close,
  constants,
  createWriteStream,
  fstatSync,
  fsync,
  open,
  type ReadStream,
  type Stats,
} from "node:fs";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { createGzip } from "node:zlib";
import { copy, type Layer } from "@aw/core";
import { FUNCTION, required, type Rule, type Schema } from "@aw/core/implementor";
import { Descriptor } from "../descriptor/descriptor.ts";
import { adoptAttributes, NARROWEST } from "../replace/attributes.ts";
import { FileWriter } from "../writer/file-writer.ts";
import { paceOf } from "../writer/pace.ts";

/** How old files are compressed: by a layer of your choice, such as `zstd` of `@aw/compression`. */
export interface Compression {
  /** What is added to the name, with its dot: ".zst". */
  extension: string;
  layer: Layer;
}

const EXTENSION: Rule = {
  allowed: 'an extension such as ".zst"',
  accepts: (value) => typeof value === "string" && /^\.[a-zA-Z]\w{0,15}$/.test(value),
};

export const COMPRESSION: Schema<Compression> = {
  extension: required(EXTENSION),
  layer: required(FUNCTION),
};

/** Compresses what it reads into an open file, and leaves that open. */
type Compress = (source: ReadStream, fd: number, signal: AbortSignal) => Promise<void>;

/** A new file, never what a link points at. */
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** What does the work for the option `compress`. */
export class Compressor {
  readonly extension: string;
  readonly #compress: Compress;

  constructor(compression: "gzip" | Compression) {
    this.extension = compression === "gzip" ? ".gz" : compression.extension;
    this.#compress = compression === "gzip" ? gzip : byLayer(compression.layer);
  }

  /**
   * Compresses a file into a new one, as accessible as that of `stats`. Resolves once it is on the
   * disk, with which file it is.
   */
  async compress(
    source: ReadStream,
    stats: Stats,
    target: string,
    signal: AbortSignal,
  ): Promise<Stats> {
    const fd = await promisify(open)(target, CREATE, NARROWEST);
    try {
      await this.#compress(source, fd, signal);
      adoptAttributes(fd, stats);
      await promisify(fsync)(fd);
      return fstatSync(fd);
    } finally {
      await promisify(close)(fd);
    }
  }
}

async function gzip(source: ReadStream, fd: number, signal: AbortSignal): Promise<void> {
  const out = createWriteStream("", { fd, autoClose: false });
  await pipeline(source, createGzip(), out, { signal });
}

function byLayer(layer: Layer): Compress {
  return async (source, fd, signal) => {
    const output = new Descriptor(fd, { io: "async", position: 0, exclusive: true, closes: false });
    const label = "compressed log";
    const pace = paceOf("async", output);
    const file = new FileWriter({ label, output, durability: "none", ...pace });
    const out = layer(file);
    try {
      await copy(source, out, { signal });
      await out.close();
    } finally {
      // Releases what has failed; what is closed stays as it is.
      out.abort();
      await new Promise<void>((resolve) => output.drop(resolve));
    }
  };
}
