import {
  zlibDeflate,
  zlibDeflateInit2,
  zlibDeflateSetDictionary,
  zlibInflate,
  zlibInflateInit2,
  zlibInflateSetDictionary,
  Z_OK,
  type ZStream,
} from "pako";
import type { MakeCoder } from "../coder.ts";
import type { CheckedDeflate } from "../deflate-options.ts";
import { PakoCoder, type Direction } from "./pako-coder.ts";

const DEFLATED = 8;

/** What is allocated for output at a time, in bytes. */
const OUTPUT_CHUNK = 32 * 1024;

type Strategy = Parameters<typeof zlibDeflateInit2>[5];

export function deflateCoder(kind: "zlib" | "raw", options: CheckedDeflate): MakeCoder {
  const { level, memLevel, strategy, dictionary } = options;
  const bits = kind === "zlib" ? options.windowBits : -options.windowBits;
  const direction: Direction = {
    begin(stream) {
      zlibDeflateInit2(stream, level, DEFLATED, bits, memLevel, strategy as Strategy);
      if (dictionary !== undefined) zlibDeflateSetDictionary(stream, dictionary);
    },
    step: zlibDeflate,
    outputChunk: OUTPUT_CHUNK,
  };
  return (push) => new PakoCoder(direction, push);
}

export function inflateCoder(kind: "zlib" | "raw", dictionary?: Uint8Array): MakeCoder {
  const give = (stream: ZStream): boolean =>
    dictionary !== undefined && zlibInflateSetDictionary(stream, dictionary) === Z_OK;
  const direction: Direction = {
    begin(stream) {
      zlibInflateInit2(stream, kind === "zlib" ? 15 : -15);
      if (kind === "raw") give(stream);
    },
    step: zlibInflate,
    giveDictionary: give,
    outputChunk: OUTPUT_CHUNK,
  };
  return (push) => new PakoCoder(direction, push);
}
