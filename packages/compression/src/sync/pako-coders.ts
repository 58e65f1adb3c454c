import {
  zlibDeflate,
  zlibDeflateInit2,
  zlibDeflateReset,
  zlibDeflateSetDictionary,
  zlibInflate,
  zlibInflateInit2,
  zlibInflateReset,
  zlibInflateSetDictionary,
  Z_OK,
  type ZStream,
} from "pako";
import type { MakeCoder } from "../coder.ts";
import type { CheckedDeflate } from "../deflate-options.ts";
import { PakoCodec, type Direction } from "./pako-codec.ts";
import { SyncCoder } from "./sync-coder.ts";

const DEFLATED = 8;

type Strategy = Parameters<typeof zlibDeflateInit2>[5];

/** An encoder on pako, which runs everywhere and takes dictionaries. */
export function pakoDeflateCoder(kind: "zlib" | "raw", options: CheckedDeflate): MakeCoder {
  const { level, memLevel, strategy, dictionary } = options;
  const bits = kind === "zlib" ? options.windowBits : -options.windowBits;
  const give = (stream: ZStream): void => {
    if (dictionary !== undefined) zlibDeflateSetDictionary(stream, dictionary);
  };
  return make({
    begin(stream) {
      zlibDeflateInit2(stream, level, DEFLATED, bits, memLevel, strategy as Strategy);
      give(stream);
    },
    restart(stream) {
      zlibDeflateReset(stream);
      give(stream);
    },
    step: zlibDeflate,
  });
}

/** A decoder on pako. */
export function pakoInflateCoder(kind: "zlib" | "raw", dictionary?: Uint8Array): MakeCoder {
  const give = (stream: ZStream): boolean =>
    dictionary !== undefined && zlibInflateSetDictionary(stream, dictionary) === Z_OK;
  return make({
    begin(stream) {
      zlibInflateInit2(stream, kind === "zlib" ? 15 : -15);
      if (kind === "raw") give(stream);
    },
    restart(stream) {
      zlibInflateReset(stream);
      if (kind === "raw") give(stream);
    },
    step: zlibInflate,
    giveDictionary: give,
  });
}

function make(direction: Direction): MakeCoder {
  return (push) => new SyncCoder(new PakoCodec(direction), push);
}
