import { availableParallelism } from "node:os";
import { buffered, compose, limit, sink, throttle, type Layer } from "@aw/core";
import type { Arguments, NamedLayer } from "./arguments.ts";
import { parseInteger, parseRate, parseSize } from "./sizes.ts";
import { usage } from "./usage.ts";

/**
 * The layers of a command line as `compose` wants them, innermost first. Loads the compressors only
 * if one is named.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` before anything is opened
 */
export async function layersOf(args: Arguments): Promise<Layer[]> {
  const parallel = parallelOf(args);
  const layers: Layer[] = [];
  for (const named of args.layers.toReversed()) {
    layers.push(plainLayer(named) ?? (await coder(named, parallel)));
  }
  // A level out of range is known when the layer is made. A file is not truncated for that.
  compose(sink(), ...layers).abort();
  return layers;
}

function plainLayer({ name, value = "" }: NamedLayer): Layer | undefined {
  if (name === "buffer") {
    const capacity = parseSize(name, value);
    return (inner) => buffered(inner, capacity);
  }
  if (name === "limit") {
    const maxBytes = parseSize(name, value);
    return (inner) => limit(inner, maxBytes);
  }
  if (name === "throttle") {
    const bytesPerSecond = parseRate(name, value);
    return (inner) => throttle(inner, { bytesPerSecond });
  }
  return undefined;
}

async function coder({ name, value }: NamedLayer, parallel: number | undefined): Promise<Layer> {
  const codecs = await import("@aw/compression");
  const level = value === undefined ? undefined : parseInteger(name, value);
  switch (name) {
    case "gzip":
      return (inner) => codecs.gzip(inner, { level, parallel });
    case "zstd":
      return (inner) => codecs.zstd(inner, { level, parallel });
    case "deflate":
      return (inner) => codecs.deflate(inner, { level });
    case "brotli":
      return (inner) => codecs.brotli(inner, { quality: level });
    case "gunzip":
    case "unzstd":
    case "unbrotli":
    case "inflate":
    case "decompress":
      return (inner) => codecs[name](inner);
    default:
      throw new Error(`no layer ${name}`);
  }
}

function parallelOf(args: Arguments): number | undefined {
  if (!args.has("parallel")) return undefined;
  if (!args.layers.some(({ name }) => name === "gzip" || name === "zstd")) {
    throw usage("--parallel is for --gzip and --zstd");
  }
  const value = args.get("parallel");
  return value === undefined ? availableParallelism() : parseInteger("parallel", value);
}
