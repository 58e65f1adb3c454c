// The parts of Node 26's `node:stream/iter` that are used here: the types of Node 24 don't know it.
import type { Writable } from "node:stream";

export interface IterWriter {
  write(chunk: Uint8Array): Promise<void>;
  writev(chunks: readonly Uint8Array[]): Promise<void>;
  end(): Promise<number>;
}

export interface StreamIter {
  readonly fromWritable: (writable: Writable, options: { backpressure: "unbounded" }) => IterWriter;
  readonly from: (source: Iterable<Uint8Array>) => AsyncIterable<Uint8Array[]>;
  readonly pull: (
    source: unknown,
    ...transforms: readonly unknown[]
  ) => AsyncIterable<Uint8Array[]>;
  readonly pipeTo: (source: unknown, ...transformsAndWriter: readonly unknown[]) => Promise<number>;
}

interface ZlibIter {
  readonly compressGzip: () => unknown;
  readonly compressZstd: () => unknown;
}

const STREAM_ITER: string = "node:stream/iter";
const ZLIB_ITER: string = "node:zlib/iter";

/** Loaded on use: the harness, on another Node, loads everything but this. */
export async function streamIter(): Promise<StreamIter> {
  return (await import(STREAM_ITER)) as StreamIter;
}

export async function zlibIter(): Promise<ZlibIter> {
  return (await import(ZLIB_ITER)) as ZlibIter;
}
