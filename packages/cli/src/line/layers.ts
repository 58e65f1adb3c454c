import { availableParallelism } from "node:os";
import type * as Compression from "@aw/compression";
import { buffered, compose, limit, sink, throttle, type Layer } from "@aw/core";
import type { Arguments, NamedLayer } from "./arguments.ts";
import type { LayerName } from "./layer-options.ts";
import { parseInteger, parseRate, parseSize } from "./sizes.ts";
import { usage } from "./usage.ts";

type Codecs = typeof Compression;

/** Those of core, by what their value says. */
const PLAIN = {
  buffer: (value: string): Layer => {
    const capacity = parseSize("buffer", value);
    return (inner) => buffered(inner, capacity);
  },
  limit: (value: string): Layer => {
    const maxBytes = parseSize("limit", value);
    return (inner) => limit(inner, maxBytes);
  },
  throttle: (value: string): Layer => {
    const bytesPerSecond = parseRate("throttle", value);
    return (inner) => throttle(inner, { bytesPerSecond });
  },
};

type Level = number | undefined;
type MakeCoder = (codecs: Codecs, level: Level, parallel: number | undefined) => Layer;

const CODERS: Readonly<Record<Exclude<LayerName, keyof typeof PLAIN>, MakeCoder>> = {
  gzip: (codecs, level, parallel) => (inner) => codecs.gzip(inner, { level, parallel }),
  zstd: (codecs, level, parallel) => (inner) => codecs.zstd(inner, { level, parallel }),
  deflate: (codecs, level) => (inner) => codecs.deflate(inner, { level }),
  brotli: (codecs, quality) => (inner) => codecs.brotli(inner, { quality }),
  gunzip: (codecs) => codecs.gunzip,
  unzstd: (codecs) => codecs.unzstd,
  inflate: (codecs) => codecs.inflate,
  unbrotli: (codecs) => codecs.unbrotli,
  decompress: (codecs) => codecs.decompress,
};

/**
 * The layers of a command line as `compose` wants them, innermost first. Loads the compressors only
 * if one is named.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` before anything is opened
 */
export async function layersOf(args: Arguments): Promise<Layer[]> {
  const parallel = parallelOf(args);
  const layers: Layer[] = [];
  for (const named of args.layers.toReversed()) layers.push(await layerOf(named, parallel));
  // A level out of range is known when the layer is made. A file is not truncated for that.
  compose(sink(), ...layers).abort();
  return layers;
}

async function layerOf({ name, value }: NamedLayer, parallel: number | undefined): Promise<Layer> {
  if (name === "buffer" || name === "limit" || name === "throttle") return PLAIN[name](value ?? "");
  const level = value === undefined ? undefined : parseInteger(name, value);
  return CODERS[name](await import("@aw/compression"), level, parallel);
}

function parallelOf(args: Arguments): number | undefined {
  if (!args.has("parallel")) return undefined;
  if (!args.layers.some(({ name }) => name === "gzip" || name === "zstd")) {
    throw usage("--parallel is for --gzip and --zstd");
  }
  const value = args.get("parallel");
  return value === undefined ? availableParallelism() : parseInteger("parallel", value);
}
