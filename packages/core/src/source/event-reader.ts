import { AsyncWriteError } from "../trait/error.ts";
import type { ChunkReader } from "./chunk-reader.ts";

/** A stream of Node from before it had async iterators: form-data, readable-stream 2, streams 1. */
interface EventStream {
  on(event: string, listener: (value?: unknown) => void): unknown;
  removeListener(event: string, listener: (value?: unknown) => void): unknown;
  pause?(): unknown;
  resume?(): unknown;
  destroy?(): unknown;
}

/**
 * Reads a stream by its events, and pauses it while nobody waits for a chunk. For some streams `pause`
 * is only a wish: what comes all the same is kept.
 */
export function eventReader(stream: EventStream): ChunkReader {
  return new EventReader(stream);
}

class EventReader implements ChunkReader {
  readonly #stream: EventStream;
  readonly #chunks: unknown[] = [];
  /** How it ended: with an error, or as it should. */
  #end: { error: unknown } | "end" | undefined;
  #waiting: (() => void) | undefined;
  readonly #listeners: Readonly<Record<string, (value?: unknown) => void>> = {
    data: (chunk) => {
      this.#stream.pause?.();
      this.#chunks.push(chunk);
      this.#wake();
    },
    end: () => this.#finish("end"),
    error: (error) => this.#finish({ error }),
    close: () => this.#finish({ error: closedEarly() }),
  };

  constructor(stream: EventStream) {
    this.#stream = stream;
    stream.pause?.();
    for (const [event, listener] of Object.entries(this.#listeners)) stream.on(event, listener);
  }

  async next(): Promise<unknown> {
    if (this.#chunks.length === 0 && this.#end === undefined) {
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
        this.#stream.resume?.();
      });
    }
    if (this.#chunks.length > 0) return this.#chunks.shift();
    if (this.#end !== undefined && this.#end !== "end") throw this.#end.error;
    return undefined;
  }

  cancel(): void {
    this.#finish("end");
    this.#chunks.length = 0;
    // What it fails of after this is nobody's any more, but must not end the process.
    this.#stream.on("error", () => {});
    try {
      this.#stream.destroy?.();
    } catch {
      // The copy has failed of something else, which counts.
    }
  }

  #finish(end: { error: unknown } | "end"): void {
    this.#end ??= end;
    for (const [event, listener] of Object.entries(this.#listeners)) {
      this.#stream.removeListener(event, listener);
    }
    this.#wake();
  }

  #wake(): void {
    const wake = this.#waiting;
    this.#waiting = undefined;
    wake?.();
  }
}

function closedEarly(): AsyncWriteError {
  return new AsyncWriteError("ERR_AW_TRUNCATED", "the source closed before it ended");
}
