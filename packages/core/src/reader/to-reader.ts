import { BytesEngine } from "../engine/bytes-engine.ts";
import { PullEngine } from "../engine/pull-engine.ts";
import { isReader } from "../options/check-reader.ts";
import { describeValue } from "../options/describe-value.ts";
import { encode, isBytes } from "../slab/bytes.ts";
import { openSource, type ByteSource } from "../source/byte-source.ts";
import type { AsyncBufRead } from "../trait/async-buf-read.ts";
import { invalidArgument } from "../trait/invalid-argument.ts";
import { Reader } from "./reader.ts";

/** What a `Reader` can be made of. */
export type ReaderSource = AsyncBufRead | ByteSource | Uint8Array | string;

/**
 * Makes a `Reader` of anything that can be read: an object with `pollFillBuf` and `consume`, a
 * `ReadableStream`, an iterable or an async iterable of bytes or text, a stream of Node; also bytes and
 * text themselves. A `Reader` is returned as it is.
 *
 * Asks the source for a chunk only when one is read, so it holds one at most. Aborting the reader cancels
 * the source. Text is read as UTF-8.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if it can't be read
 */
export function toReader(source: ReaderSource): Reader {
  return readerOf("toReader", source);
}

/** The same for others: `what` is what the message begins with. */
export function readerOf(what: string, source: ReaderSource): Reader {
  if (source instanceof Reader) return source;
  if (isReader(source)) return new Reader(source);
  if (typeof source === "string") return new Reader(new BytesEngine(encode(source)));
  if (isBytes(source)) return new Reader(new BytesEngine(source));
  const chunks = openSource(source);
  if (chunks === undefined) throw notReadable(what, source);
  return new Reader(new PullEngine(chunks, describeValue(source)));
}

function notReadable(what: string, value: unknown): Error {
  const allowed =
    "a reader (an AsyncBufRead), a ReadableStream, an iterable of bytes, bytes or text";
  const isConnection = typeof value === "object" && value !== null && "reader" in value;
  const remedy = isConnection ? "; pass its `reader`" : "";
  return invalidArgument(`${what}: expected ${allowed}, got ${describeValue(value)}${remedy}`);
}
