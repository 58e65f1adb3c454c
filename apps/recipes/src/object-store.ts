/**
 * A transport of your own in a few lines: a writer into an object store that takes large parts, as S3 and
 * its like do. All layers work on top of it.
 *
 *     node object-store.ts http://localhost:9000/backups/db.gz < db.sql
 *
 * One part is under way while the next one fills, so memory is bounded by three parts, whatever the size. The
 * object is there after `close()`; an abort or a failure abandons the upload and leaves none.
 */
import { gzip } from "@aw/compression";
import { buffered, CompletionEngine, type Done, type Writer } from "@aw/core";

/** What a store can do; each resolves when it has. */
export interface MultipartUpload {
  putPart(number: number, bytes: Uint8Array, signal: AbortSignal): Promise<unknown>;
  complete(parts: number, signal: AbortSignal): Promise<unknown>;
  abandon(reason: Error): Promise<unknown>;
}

/** A writer of parts of `partSize` bytes or little less; only the last, and one that you flush, is small. */
export function objectWriter(upload: MultipartUpload, partSize: number = 8 << 20): Writer {
  const stop = new AbortController();
  let parts = 0;
  const engine = new CompletionEngine(
    {
      transmit(bytes: Uint8Array, done: Done) {
        upload.putPart(++parts, bytes, stop.signal).then(() => done(), done);
      },
      finish(done: Done) {
        upload.complete(parts, stop.signal).then(() => done(), done);
      },
      destroy(failure: Error) {
        stop.abort(failure);
        void upload.abandon(failure);
      },
    },
    { capacity: partSize },
  );
  return buffered(engine, partSize);
}

/** A store that takes `PUT ?part=1`, `PUT ?part=2`, ..., then `POST ?parts=2`; or `DELETE`. */
export function httpUpload(url: string): MultipartUpload {
  const request = async (method: string, query: string, init: RequestInit = {}): Promise<void> => {
    const { ok, status } = await fetch(`${url}${query}`, { method, ...init });
    if (!ok) throw new Error(`${method} ${url}${query}: the store answered ${status}`);
  };
  return {
    putPart: (number, bytes, signal) => request("PUT", `?part=${number}`, { body: bytes, signal }),
    complete: (parts, signal) => request("POST", `?parts=${parts}`, { signal }),
    abandon: () => request("DELETE", ""),
  };
}

if (import.meta.main) {
  await using out = gzip(objectWriter(httpUpload(process.argv[2] ?? "")));
  // Not `copy`, which ends with a flush: that would end a part before it is full.
  for await (const chunk of process.stdin) await out.writeAll(chunk as Uint8Array);
  await out.close();
}
