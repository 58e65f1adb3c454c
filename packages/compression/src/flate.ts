import type { AsyncWrite } from "@aw/core";
import type { MakeCoder } from "./coder.ts";
import { checkDecode, type DictionaryDecodeOptions } from "./decode-options.ts";
import { DecodeWriter } from "./decode-writer.ts";
import { checkDeflate, type CheckedDeflate, type DeflateOptions } from "./deflate-options.ts";
import { EncodeWriter } from "./encode-writer.ts";
import { plainFormat } from "./format.ts";

/** With zlib's header and checksum (RFC 1950), or without (RFC 1951). */
export type FlateKind = "zlib" | "raw";

const NAMES = {
  zlib: { encode: "deflate", decode: "inflate", label: "deflate", undo: "inflate", format: "zlib" },
  raw: {
    encode: "deflateRaw",
    decode: "inflateRaw",
    label: "deflate-raw",
    undo: "inflate-raw",
    format: "deflate-raw",
  },
} as const;

/** An encoder on whatever coder the platform has. */
export function flateEncoder(
  kind: FlateKind,
  inner: AsyncWrite,
  options: DeflateOptions,
  makeCoder: (kind: FlateKind, options: CheckedDeflate) => MakeCoder,
  defaultBlock?: number,
): EncodeWriter {
  const { encode, label } = NAMES[kind];
  const checked = checkDeflate(encode, options, ["dictionary"], defaultBlock);
  const { level, blockSize } = checked;
  const coder = makeCoder(kind, checked);
  return new EncodeWriter(inner, { label: `${label}(${level})`, blockSize, coder });
}

/** A decoder on whatever coder the platform has. */
export function flateDecoder(
  kind: FlateKind,
  inner: AsyncWrite,
  options: DictionaryDecodeOptions,
  makeCoder: (kind: FlateKind, dictionary?: Uint8Array) => MakeCoder,
): DecodeWriter {
  const { decode, undo, format } = NAMES[kind];
  const checked = checkDecode(decode, options, ["dictionary"]);
  const coder = makeCoder(kind, options.dictionary);
  return new DecodeWriter(inner, undo, [plainFormat(format, coder)], checked);
}
