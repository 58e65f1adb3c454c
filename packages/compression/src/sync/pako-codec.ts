import {
  Z_BUF_ERROR,
  Z_FINISH,
  Z_NEED_DICT,
  Z_NO_FLUSH,
  Z_OK,
  Z_STREAM_END,
  Z_SYNC_FLUSH,
  ZStream,
} from "pako";
import type { CoderFailure } from "../coder.ts";
import type { Step, SyncCodec, Then } from "./sync-coder.ts";

type FlushMode = typeof Z_NO_FLUSH | typeof Z_SYNC_FLUSH | typeof Z_FINISH;

const FLUSH_MODES: Readonly<Record<Then, FlushMode>> = {
  more: Z_NO_FLUSH,
  flush: Z_SYNC_FLUSH,
  end: Z_FINISH,
};

/** How zlib is begun and used for one direction. */
export interface Direction {
  begin(stream: ZStream): void;
  /** Begins another stream on the same memory. */
  restart(stream: ZStream): void;
  /** One call of zlib: goes on with the stream, and returns its status. */
  step(stream: ZStream, flush: FlushMode): number;
  /** Called when zlib asks for the dictionary; returns whether there was one. */
  giveDictionary?(stream: ZStream): boolean;
}

const NOTHING = new Uint8Array(0);

/** pako's zlib. */
export class PakoCodec implements SyncCodec {
  readonly #direction: Direction;
  readonly #stream: ZStream = new ZStream();

  constructor(direction: Direction) {
    this.#direction = direction;
    direction.begin(this.#stream);
  }

  step(input: Uint8Array, then: Then, output: Uint8Array<ArrayBuffer>): Step {
    const stream = this.#stream;
    const flush = FLUSH_MODES[then];
    stream.input = input;
    stream.next_in = stream.next_out = 0;
    stream.avail_in = input.length;
    stream.output = output;
    stream.avail_out = output.length;
    let status = this.#direction.step(stream, flush);
    if (status === Z_NEED_DICT && this.#direction.giveDictionary?.(stream) === true) {
      status = this.#direction.step(stream, flush);
    }
    return {
      used: input.length - stream.avail_in,
      made: stream.next_out,
      ended: status === Z_STREAM_END,
      failure: failureOf(status, stream.msg, flush),
    };
  }

  restart(): void {
    this.#direction.restart(this.#stream);
  }

  destroy(): void {
    this.#stream.input = this.#stream.output = NOTHING;
    this.#stream.state = null;
  }
}

function failureOf(status: number, message: string, flush: FlushMode): CoderFailure | undefined {
  if (status === Z_OK || status === Z_STREAM_END) return undefined;
  // Nothing to do is an error only where the end was asked for.
  if (status === Z_BUF_ERROR) {
    return flush === Z_FINISH ? { kind: "truncated", message: "its end" } : undefined;
  }
  if (status === Z_NEED_DICT) return { kind: "corrupt", message: "missing dictionary" };
  return { kind: "corrupt", message: message || `zlib says ${status}` };
}
