/**
 * Byte writers that tell the truth about backpressure, flush and close, through every layer.
 *
 * ```ts
 * import { buffered, memory } from "@aw/core";
 *
 * const target = memory();
 * const out = buffered(target);
 * await out.writeAll("hello, "); // accepted
 * await out.writeAll("world\n");
 * await out.flush(); // in `target`
 * await out.close();
 * console.log(target.text());
 * ```
 *
 * @packageDocumentation
 */
export type { AsyncWrite } from "./async-write.ts";
export { buffered, BufWriter } from "./buf-writer.ts";
export type { ByteSource } from "./byte-source.ts";
export { CompletionWriter, type CompletionWriterOptions } from "./completion-writer.ts";
export {
  lengthDelimited,
  lines,
  ndjson,
  type Codec,
  type LengthDelimitedOptions,
  type LinesOptions,
} from "./codec.ts";
export { compose, type Layer } from "./compose.ts";
export type { Connection } from "./connection.ts";
export { copy, type CopyOptions } from "./copy.ts";
export {
  copyBidirectional,
  type BytesCopied,
  type CopyBidirectionalOptions,
} from "./copy-bidirectional.ts";
export { cursor, CursorWriter } from "./cursor.ts";
export type { Decoder } from "./decoder.ts";
export type { Done } from "./done.ts";
export type { Operation } from "./operation.ts";
export {
  AsyncWriteError,
  ERROR_CODES,
  type AsyncWriteErrorCode,
  type AsyncWriteErrorOptions,
} from "./error.ts";
export { framed, Framed } from "./framed.ts";
export { fromWritableStream, StreamWriter } from "./from-writable-stream.ts";
export { inspect, InspectWriter } from "./inspect.ts";
export { keepOpen, KeepOpenWriter } from "./keep-open.ts";
export { LayerWriter } from "./layer-writer.ts";
export { limit, LimitWriter } from "./limit.ts";
export { lineBuffered, LineWriter } from "./line-writer.ts";
export { memory, MemoryWriter, type MemoryOptions } from "./memory.ts";
export { meter, MeterWriter } from "./meter.ts";
export { pipe, PipeWriter, type Pipe, type PipeOptions } from "./pipe.ts";
export { PENDING, type Pending, type Poll } from "./poll.ts";
export { pollFn, type OperationOptions } from "./poll-fn.ts";
export { progress, type ProgressOptions } from "./progress.ts";
export { sink, SinkWriter } from "./sink.ts";
export { tee, TeeWriter, type TeeOptions } from "./tee.ts";
export { throttle, ThrottleWriter, type ThrottleOptions } from "./throttle.ts";
export { timeout, TimeoutWriter, type TimeoutOptions } from "./timeout.ts";
export { toIterWriter, IterWriter } from "./to-iter-writer.ts";
export { toWritableStream } from "./to-writable-stream.ts";
export { toWriter } from "./to-writer.ts";
export { TransformWriter, type TransformWriterOptions } from "./transform-writer.ts";
export { unframed } from "./unframed.ts";
export type { Waker } from "./waker.ts";
export type { WriterState } from "./lifecycle.ts";
export { Writer } from "./writer.ts";
