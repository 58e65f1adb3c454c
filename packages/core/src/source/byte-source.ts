import { hasMethods } from "../options/rules.ts";
import { encode, isBytes, notBytes } from "../slab/bytes.ts";
import type { ChunkReader } from "./chunk-reader.ts";
import { eventReader } from "./event-reader.ts";

/**
 * What `copy` reads: chunks of bytes, or of text that is written as UTF-8. Besides these types,
 * streams of Node that have no async iterator are read by their events, and chunks may be lists of
 * buffers that have `subarray()`, such as `Uint8ArrayList`.
 */
export type ByteSource =
  | AsyncIterable<Uint8Array | string>
  | Iterable<Uint8Array | string>
  | ReadableStream<Uint8Array | string>;

/** Opens a source; undefined if it is none. */
export function openSource(source: ByteSource): ChunkReader | undefined {
  if (typeof source !== "object" || source === null) return undefined;
  if ("getReader" in source) return streamReader(source);
  if (Symbol.asyncIterator in source) {
    return iteratorReader(source, source[Symbol.asyncIterator]());
  }
  if (Symbol.iterator in source) {
    const iterator = source[Symbol.iterator]();
    return {
      ...iteratorReader(source, iterator),
      nextNow() {
        const { done, value } = iterator.next();
        return done === true ? undefined : value;
      },
    };
  }
  return hasMethods(source, ["on", "removeListener"]) ? eventReader(source) : undefined;
}

/** The bytes of a chunk. @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if it has none */
export function bytesOf(chunk: unknown): Uint8Array {
  if (typeof chunk === "string") return encode(chunk);
  if (isBytes(chunk)) return chunk;
  if (isBufferList(chunk)) {
    const bytes = chunk.subarray();
    if (isBytes(bytes)) return bytes;
  }
  throw notBytes(chunk, "a source of Uint8Array or string");
}

/** A list of buffers that gives one array on demand. Typed arrays of other kinds are none. */
function isBufferList(chunk: unknown): chunk is { subarray(): unknown } {
  return hasMethods(chunk, ["subarray"]) && Symbol.iterator in chunk && !ArrayBuffer.isView(chunk);
}

function streamReader(stream: ReadableStream<Uint8Array | string>): ChunkReader {
  const reader = stream.getReader();
  return {
    async next() {
      const { done, value } = await reader.read();
      if (!done) return value;
      reader.releaseLock();
      return undefined;
    },
    cancel(reason) {
      quietly(() => reader.cancel(reason));
      quietly(() => reader.releaseLock());
    },
  };
}

function iteratorReader(
  source: object,
  iterator: AsyncIterator<Uint8Array | string> | Iterator<Uint8Array | string>,
): ChunkReader {
  return {
    async next() {
      const { done, value } = await iterator.next();
      return done === true ? undefined : value;
    },
    cancel() {
      // The iterator of a Node stream destroys it only once a read has answered, and not at all if
      // none was begun.
      if (hasMethods(source, ["on", "destroy"]))
        quietly(() => (source as unknown as { destroy(): unknown }).destroy());
      quietly(() => iterator.return?.());
    },
  };
}

/** The source's own trouble with being given up changes nothing for the copy, which has failed. */
function quietly(step: () => unknown): void {
  try {
    Promise.resolve(step()).catch(() => {});
  } catch {
    // As above.
  }
}
