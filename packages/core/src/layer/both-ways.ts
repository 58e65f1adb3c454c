import type { AsyncBufRead } from "../trait/async-buf-read.ts";
import type { AsyncWrite } from "../trait/async-write.ts";
import { invalidArgument } from "../trait/invalid-argument.ts";
import { isBytes } from "../slab/bytes.ts";
import { isReader } from "../options/check-reader.ts";
import { isWriter } from "../options/check-writer.ts";
import { describeValue } from "../options/describe-value.ts";
import { hasMethods } from "../options/rules.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { toReader } from "../reader/to-reader.ts";
import { fromWritableStream } from "../web/from-writable-stream.ts";

/** What a layer can write into: a writer, or a stream of the platform that bytes are written into. */
export type LayerSink = AsyncWrite | WritableStream<Uint8Array>;

/**
 * What a layer can read from: a reader, or what `toReader` makes one of. Text is none here: it is more
 * likely a name than bytes.
 */
export type LayerSource = AsyncBufRead | ByteSource | Uint8Array;

/**
 * For implementors of layers that work both ways: refuses what can neither be written nor read, and what can be
 * both, so that nobody has to guess. It opens and locks nothing. Returns which way the layer works.
 *
 * @param what what the message begins with: the name of the factory
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT`
 */
export function checkInner(what: string, inner: LayerSink | LayerSource): "write" | "read" {
  const [writes, reads] = [isSink(inner), isSource(inner)];
  const got = describeValue(inner);
  if (reads && (writes || hasMethods(inner, ["write", "on"]))) {
    throw invalidArgument(
      `${what}: ${got} can be both written and read; say which, by toReader, or by toWriter or its like`,
    );
  }
  if (!writes && !reads) {
    throw invalidArgument(`${what}: expected a writer or a reader, got ${got}${remedy(inner)}`);
  }
  if ((inner as { locked?: unknown }).locked === true) {
    throw invalidArgument(`${what}: ${got} is locked; release its reader or writer first`);
  }
  return writes ? "write" : "read";
}

/**
 * Puts a layer on what {@link checkInner} let pass, whichever way that works. Opens it: a stream is locked
 * from now on.
 *
 * ```ts
 * import {
 *   PassThrough,
 *   Reader,
 *   ReadThrough,
 *   toReader,
 *   Writer,
 *   type LayerSink,
 *   type LayerSource,
 * } from "@aw/core";
 * import { checkInner, layerOn } from "@aw/core/implementor";
 *
 * function named(inner: LayerSink | LayerSource, name: string): Writer | Reader {
 *   checkInner("named", inner);
 *   return layerOn(
 *     inner,
 *     (writer) => new Writer(new PassThrough(writer, name)),
 *     (reader) => new Reader(new ReadThrough(reader, name)),
 *   );
 * }
 * console.log(String(named(toReader(["bytes"]), "mine"))); // mine < an array
 * ```
 */
export function layerOn<OfWriter, OfReader>(
  inner: LayerSink | LayerSource,
  onWriter: (inner: AsyncWrite) => OfWriter,
  onReader: (inner: AsyncBufRead) => OfReader,
): OfWriter | OfReader {
  if (isWriter(inner)) return onWriter(inner);
  if (isWritableStream(inner)) return onWriter(fromWritableStream(inner));
  return onReader(isReader(inner) ? inner : toReader(inner));
}

/** Whether a layer writes into it. */
export function isSink(value: unknown): boolean {
  return isWriter(value) || isWritableStream(value);
}

function isWritableStream(value: unknown): value is WritableStream<Uint8Array> {
  return hasMethods(value, ["getWriter"]);
}

function isSource(value: unknown): boolean {
  if (isReader(value) || isBytes(value)) return true;
  if (typeof value !== "object" || value === null) return false;
  return "getReader" in value || Symbol.asyncIterator in value || Symbol.iterator in value;
}

function remedy(value: unknown): string {
  if (hasMethods(value, ["then"])) return "; await it first";
  if (hasMethods(value, ["write", "on"])) return "; wrap it with fromNodeWritable of @aw/node";
  if (typeof value === "string") return "; for text as bytes, wrap it with toReader";
  return "";
}
