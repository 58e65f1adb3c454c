import { constants } from "node:zlib";
import type { Step, SyncCodec, Then } from "../sync/sync-coder.ts";
import { failureOf, type ZlibStream } from "./stream-coder.ts";

const { ZSTD_e_continue, ZSTD_e_end, ZSTD_e_flush } = constants;

const FLUSH_KINDS = { more: ZSTD_e_continue, flush: ZSTD_e_flush, end: ZSTD_e_end } as const;

/**
 * What zstd streams work with inside: not documented, but the same on Node and Deno. `writeSync` leaves
 * in `_writeState` how much of the output and of the input is left.
 */
interface Insides {
  readonly _handle: {
    writeSync(
      kind: number,
      input: Uint8Array,
      inputStart: number,
      inputLength: number,
      output: Uint8Array,
      outputStart: number,
      outputLength: number,
    ): void;
  };
  readonly _writeState: Uint32Array;
}

/**
 * A zstd stream, used past its own write(): where that throws into the event loop, as on Deno, a call of
 * its handle throws to who makes it.
 */
export class HandleCodec implements SyncCodec {
  readonly #stream: ZlibStream & Partial<Insides>;

  constructor(stream: ZlibStream) {
    this.#stream = stream;
  }

  step(input: Uint8Array, then: Then, output: Uint8Array): Step {
    // oxlint-disable-next-line no-underscore-dangle -- these are Node's names
    const { _handle: handle, _writeState: state } = this.#stream;
    try {
      if (handle === undefined || state === undefined) throw new Error("it has no handle");
      const { length } = output;
      handle.writeSync(FLUSH_KINDS[then], input, 0, input.length, output, 0, length);
      const [outputLeft = 0, inputLeft = 0] = state;
      const used = input.length - inputLeft;
      return { used, made: length - outputLeft, ended: inputLeft > 0 && outputLeft > 0 };
    } catch (error) {
      return { used: 0, made: 0, ended: false, failure: failureOf(error as Error) };
    }
  }

  /** zstd begins the next frame by itself. */
  restart(): void {}

  destroy(): void {
    this.#stream.destroy();
  }
}
