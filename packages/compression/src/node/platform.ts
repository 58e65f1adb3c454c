import * as zlib from "node:zlib";
import { AsyncWriteError } from "@aw/core";
import { invalidArgument } from "@aw/core/implementor";

/** Long enough for a dictionary of it to show. */
const SAMPLE: Uint8Array = Buffer.from("the quick brown fox jumps over the lazy dog");

/** "a" in brotli's large window format. */
const LARGE_WINDOW_SAMPLE: Uint8Array = Uint8Array.of(0x11, 0x1e, 0, 0, 2, 0x61, 3);

/** Throws `ERR_AW_UNSUPPORTED` where the platform has no zstd: Node before 22.15. */
export function requireZstd(name: string): void {
  if (typeof zlib.createZstdCompress === "function") return;
  throw unsupported(`${name}: this platform has no zstd; Node has it since 22.15`);
}

const takesZstdDictionaries = once(
  () => zlib.zstdCompressSync(SAMPLE, { dictionary: SAMPLE }).length < SAMPLE.length / 2,
);

/**
 * Throws `ERR_AW_UNSUPPORTED` where the platform ignores dictionaries, as Node did before 22.19 and
 * 24.6, and `ERR_AW_INVALID_ARGUMENT` for one that is damaged.
 */
export function checkZstdDictionary(name: string, dictionary: Uint8Array | undefined): void {
  if (dictionary === undefined) return;
  if (!takesZstdDictionaries()) {
    throw unsupported(
      `${name}: zstd takes no dictionaries here; on Node it does since 22.19 and 24.6`,
    );
  }
  try {
    zlib.createZstdDecompress({ dictionary }).destroy();
  } catch {
    throw invalidArgument(`${name}: dictionary begins as one made by zstd does, but is damaged`);
  }
}

/** Whether deflate takes dictionaries; Deno ignores them without a word. */
export const takesDeflateDictionaries: () => boolean = once(
  () => zlib.deflateRawSync(SAMPLE, { dictionary: SAMPLE }).length < SAMPLE.length / 2,
);

const hasLargeWindow = once(() => {
  try {
    const params = { [zlib.constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: 1 };
    return zlib.brotliDecompressSync(LARGE_WINDOW_SAMPLE, { params }).length === 1;
  } catch {
    // It can't.
    return false;
  }
});

/** Throws `ERR_AW_UNSUPPORTED` where brotli has no large window format. */
export function requireLargeWindow(name: string): void {
  if (hasLargeWindow()) return;
  throw unsupported(`${name}: this platform has no largeWindow; Node has it`);
}

function unsupported(message: string): AsyncWriteError {
  return new AsyncWriteError("ERR_AW_UNSUPPORTED", message);
}

/** Asks once, and only if somebody wants to know. */
function once(probe: () => boolean): () => boolean {
  let known: boolean | undefined;
  return () => (known ??= probe());
}
