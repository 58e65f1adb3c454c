import { CompletionEngine, Writer } from "@aw/core";
import { SlowSink, type Speed } from "./slow-sink.ts";

/** Somebody who is offered bytes by a program that does not wait. */
export interface Contestant {
  /** Offers a chunk. Returns how many of its bytes were taken. */
  offer(chunk: Uint8Array): number;
  /** Bytes that were taken and are not with the sink: they are in memory. */
  readonly waiting: number;
  readonly delivered: number;
  setSpeed(speed: Speed): void;
  stop(): void;
}

const HIGH_WATER_MARK = 64 * 1024;

/** The platform's `WritableStream`. */
export function writableStream(speed: Speed): Contestant {
  const sink = new SlowSink(speed);
  const stream = new WritableStream<Uint8Array>(
    { write: (chunk) => new Promise<void>((resolve) => sink.take(chunk, resolve)) },
    new ByteLengthQueuingStrategy({ highWaterMark: HIGH_WATER_MARK }),
  );
  const writer = stream.getWriter();
  writer.closed.catch(() => {});
  let taken = 0;
  return {
    offer(chunk) {
      writer.write(chunk).catch(() => {});
      taken += chunk.length;
      return chunk.length;
    },
    get waiting() {
      return taken - sink.delivered;
    },
    get delivered() {
      return sink.delivered;
    },
    setSpeed: (next) => void (sink.speed = next),
    stop() {
      sink.stop();
      void writer.abort();
    },
  };
}

/** A writer of `@aw/core` into the same sink. */
export function awWriter(speed: Speed): Contestant {
  const sink = new SlowSink(speed);
  const engine = new CompletionEngine(
    { transmit: (bytes, done) => sink.take(bytes, done) },
    { capacity: HIGH_WATER_MARK },
  );
  const out = new Writer(engine);
  let taken = 0;
  return {
    offer(chunk) {
      const accepted = out.tryWrite(chunk);
      taken += accepted;
      return accepted;
    },
    get waiting() {
      return taken - sink.delivered;
    },
    get delivered() {
      return sink.delivered;
    },
    setSpeed: (next) => void (sink.speed = next),
    stop() {
      sink.stop();
      out.abort();
    },
  };
}
