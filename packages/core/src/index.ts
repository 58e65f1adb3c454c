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
 * console.log(target.text().trimEnd()); // hello, world
 * ```
 *
 * @packageDocumentation
 */
export type { AsyncBufRead } from "./trait/async-buf-read.ts";
export type { AsyncWrite, FailureListener } from "./trait/async-write.ts";
export {
  serve,
  type Servable,
  type ServableListener,
  type ServeCounts,
  type ServeOptions,
} from "./accept/serve.ts";
export { buffered, type BufWriter } from "./layer/buf-writer.ts";
export type { ByteSource } from "./source/byte-source.ts";
export { CompletionEngine } from "./engine/completion-engine.ts";
export type { CompletionEngineOptions } from "./engine/completion-options.ts";
export type { CompletionControl, Destination } from "./engine/destination.ts";
export { PassThrough } from "./engine/pass-through.ts";
export { Latch } from "./engine/latch.ts";
export { TransformReadEngine } from "./engine/transform-read-engine.ts";
export { TransformEngine } from "./engine/transform-engine.ts";
export type {
  TransformEngineOptions,
  TransformReadEngineOptions,
} from "./engine/transform-options.ts";
export type { TransformControl, Transformer } from "./engine/transformer.ts";
export { engineOf, type Engine } from "./trait/engine.ts";
export {
  lengthDelimited,
  lines,
  ndjson,
  type Codec,
  type LengthDelimitedOptions,
  type LinesOptions,
  type NdjsonOptions,
} from "./framing/codec.ts";
export { compose, type Layer } from "./layer/compose.ts";
export type { LayerSink, LayerSource } from "./layer/both-ways.ts";
export type { Connection } from "./reader/connection.ts";
export { copy } from "./copy/copy.ts";
export type { CopyOptions } from "./copy/copy-options.ts";
export {
  copyBidirectional,
  type BytesCopied,
  type CopyBidirectionalOptions,
} from "./copy/copy-bidirectional.ts";
export { cursor, type CursorWriter } from "./memory/cursor.ts";
export type { Decoder, Incoming } from "./framing/decoder.ts";
export type { Done } from "./trait/done.ts";
export type { Operation } from "./trait/operation.ts";
export {
  AsyncWriteError,
  ERROR_CODES,
  type AsyncWriteErrorCode,
  type AsyncWriteErrorOptions,
} from "./trait/error.ts";
export { framed, Framed } from "./framing/framed.ts";
export { fromWritableStream } from "./web/from-writable-stream.ts";
export { inspect } from "./layer/inspect.ts";
export { keepOpen } from "./layer/keep-open.ts";
export { limit, type LimitReader, type LimitWriter } from "./layer/limit.ts";
export { lineBuffered } from "./layer/line-writer.ts";
export { memory, type MemoryWriter, type MemoryOptions } from "./memory/memory.ts";
export { meter, type MeterReader, type MeterWriter } from "./layer/meter.ts";
export { pipe, type Pipe, type PipeOptions } from "./memory/pipe.ts";
export { PENDING, type Pending, type Poll } from "./trait/poll.ts";
export type { OperationOptions } from "./options/operation-options.ts";
export { pollFn } from "./writer/poll-fn.ts";
export { progress, type ProgressOptions } from "./layer/progress.ts";
export {
  Reader,
  type ReadAllOptions,
  type ReadLineOptions,
  type ReadUntilOptions,
} from "./reader/reader.ts";
export { ReadThrough } from "./engine/read-through.ts";
export { sink } from "./memory/sink.ts";
export type { Source, SourceControl } from "./engine/source.ts";
export { SourceEngine, type SourceEngineOptions } from "./engine/source-engine.ts";
export { tee, type TeeWriter, type TeeOptions } from "./layer/tee.ts";
export { throttle, type ThrottleOptions } from "./layer/throttle.ts";
export { timeout, type ReadTimeoutOptions, type TimeoutOptions } from "./layer/timeout.ts";
export { toIterWriter, IterWriter } from "./web/to-iter-writer.ts";
export { toReader, type ReaderSource } from "./reader/to-reader.ts";
export { toWritableStream } from "./web/to-writable-stream.ts";
export { toWriter } from "./writer/to-writer.ts";
export { unframed } from "./framing/unframed.ts";
export type { Waker } from "./trait/waker.ts";
export type { WriterState } from "./trait/state.ts";
export { Writer } from "./writer/writer.ts";
