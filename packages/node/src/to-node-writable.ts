import { Writable, type WritableOptions } from "node:stream";
import { AsyncWriteError, toWriter, type AsyncWrite } from "@aw/core";
import { BOOLEAN, checkOptions, checkWriter, COUNT } from "@aw/core/implementor";

/** What Node's own defaults are for. `objectMode` and text encodings have no meaning here. */
export type ToNodeWritableOptions = Pick<WritableOptions, "highWaterMark" | "emitClose">;

/**
 * A Node Writable that writes to a writer: for `pipeline()`, `pino`, `pipe()` and everything else that
 * wants one.
 *
 * Its backpressure is the writer's: `write()` returns false once `highWaterMark` bytes (default: Node's)
 * wait for it, and `drain` comes when they are accepted. What is written while corked, or while an
 * earlier write waits, goes as one vectored write. `end()` closes the writer before `finish`; `destroy()`
 * aborts it, unless it is closed. A writer that fails destroys the stream with its error, also while idle.
 *
 * Writables have no flush: keep the writer to call it.
 */
export function toNodeWritable(target: AsyncWrite, options: ToNodeWritableOptions = {}): Writable {
  checkWriter("toNodeWritable", target);
  checkOptions("toNodeWritable", options, { highWaterMark: COUNT, emitClose: BOOLEAN });
  const writer = toWriter(target);
  const stop = new AbortController();
  const { signal } = stop;
  const writable = new Writable({
    ...options,
    // Text comes as bytes, in the encoding that it was written with.
    decodeStrings: true,
    write(chunk: Buffer, _encoding, done) {
      writer.writeAll(chunk, { signal }).then(() => done(), done);
    },
    writev(chunks, done) {
      const bufs = chunks.map(({ chunk }) => chunk as Buffer);
      writer.writeAllVectored(bufs, { signal }).then(() => done(), done);
    },
    final(done) {
      writer.close({ signal }).then(() => done(), done);
    },
    destroy(error, done) {
      removeListener();
      stop.abort();
      if (writer.state !== "closed") writer.abort(error ?? destroyed());
      done(error);
    },
  });
  const removeListener = writer.onFailure((failure) => writable.destroy(failure));
  return writable;
}

function destroyed(): AsyncWriteError {
  return new AsyncWriteError("ERR_AW_ABORTED", "the stream was destroyed before it ended");
}
