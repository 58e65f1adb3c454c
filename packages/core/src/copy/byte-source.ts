/** What `copy` reads: chunks of bytes, or of text that is written as UTF-8. */
export type ByteSource =
  | AsyncIterable<Uint8Array | string>
  | Iterable<Uint8Array | string>
  | ReadableStream<Uint8Array | string>;

/** One way to read every kind of source. */
export interface ChunkReader {
  /** The next chunk, or undefined at the end. Rejects with the error of the source. */
  next(): Promise<Uint8Array | string | undefined>;
  /** Lets go of the source before its end. Does not wait for it. */
  cancel(reason: unknown): void;
}

/** Opens a source; undefined if it is none. */
export function openSource(source: ByteSource): ChunkReader | undefined {
  if (typeof source !== "object" || source === null) return undefined;
  if ("getReader" in source) return streamReader(source);
  if (Symbol.asyncIterator in source) return iteratorReader(source[Symbol.asyncIterator]());
  if (Symbol.iterator in source) return iteratorReader(source[Symbol.iterator]());
  return undefined;
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
      // The source's own trouble with being cancelled changes nothing for the copy, which has failed.
      reader.cancel(reason).catch(() => {});
      reader.releaseLock();
    },
  };
}

function iteratorReader(
  iterator: AsyncIterator<Uint8Array | string> | Iterator<Uint8Array | string>,
): ChunkReader {
  return {
    async next() {
      const { done, value } = await iterator.next();
      return done === true ? undefined : value;
    },
    cancel() {
      // As above; a generator that is stuck in an `await` answers only when that does.
      Promise.resolve(iterator.return?.()).catch(() => {});
    },
  };
}
