import * as zlib from "node:zlib";
import { AsyncWriteError } from "@aw/core";
import { invalid } from "../options.ts";

/** Long enough for a dictionary of it to show. */
const SAMPLE: Uint8Array = Buffer.from("the quick brown fox jumps over the lazy dog");

let takesDictionaries: boolean | undefined;

/** Throws `ERR_AW_UNSUPPORTED` where the platform has no zstd: Node before 22.15. */
export function requireZstd(name: string): void {
  if (typeof zlib.createZstdCompress === "function") return;
  throw unsupported(`${name}: this platform has no zstd; Node has it since 22.15`);
}

/**
 * Throws `ERR_AW_UNSUPPORTED` where the platform ignores dictionaries, as Node did before 22.19 and
 * 24.6, and `ERR_AW_INVALID_ARGUMENT` for one that is damaged.
 */
export function checkZstdDictionary(name: string, dictionary: Uint8Array | undefined): void {
  if (dictionary === undefined) return;
  takesDictionaries ??=
    zlib.zstdCompressSync(SAMPLE, { dictionary: SAMPLE }).length < SAMPLE.length / 2;
  if (!takesDictionaries) {
    throw unsupported(
      `${name}: zstd takes no dictionaries here; on Node it does since 22.19 and 24.6`,
    );
  }
  try {
    zlib.createZstdDecompress({ dictionary }).destroy();
  } catch {
    throw invalid(`${name} dictionary starts as one made by zstd does, but is damaged`);
  }
}

function unsupported(message: string): AsyncWriteError {
  return new AsyncWriteError("ERR_AW_UNSUPPORTED", message);
}
