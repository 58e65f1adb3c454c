import type { Transform } from "node:stream";
import { constants } from "node:zlib";
import type { Step, SyncCodec, Then } from "../sync/sync-coder.ts";
import { failureOf } from "./zlib-failure.ts";

/** The constants that a format has for what follows the input of a call. */
type FlushKinds = Readonly<Record<Then, number>>;

export const ZLIB_FLUSH: FlushKinds = {
  more: constants.Z_NO_FLUSH,
  flush: constants.Z_SYNC_FLUSH,
  end: constants.Z_FINISH,
};

export const ZSTD_FLUSH: FlushKinds = {
  more: constants.ZSTD_e_continue,
  flush: constants.ZSTD_e_flush,
  end: constants.ZSTD_e_end,
};

/**
 * What streams of `node:zlib` work with inside, on Node and Deno. `writeSync` leaves in `_writeState` how
 * much of the output and of the input is left.
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
  /** Documented, of zlib's streams. */
  reset(): void;
}

/**
 * A stream of `node:zlib`, used past its own `write` by calls of its handle, on the calling thread: where
 * that throws into the event loop, as for zstd on Deno, and where a codec is to be used again after the end
 * of its stream.
 *
 * A trick: the handle is not documented. `test/insides/handle-codec.ts` says on Node 22, 24, 26 and on Deno
 * whether it works. When it breaks: on Node use `inflateCoder` for every member of gzip, which sets a stream
 * up for each (about 100 us); for Deno see `deno.ts`.
 */
export class HandleCodec implements SyncCodec {
  readonly #stream: Transform & Partial<Insides>;
  readonly #kinds: FlushKinds;

  constructor(stream: Transform, kinds: FlushKinds) {
    this.#stream = stream;
    this.#kinds = kinds;
    // On Node a failure comes twice: as `errored` at once, which `step` returns, and then as the event.
    stream.on("error", () => {});
  }

  step(input: Uint8Array, then: Then, output: Uint8Array): Step {
    const stream = this.#stream;
    // oxlint-disable-next-line no-underscore-dangle -- these are Node's names
    const { _handle: handle, _writeState: state } = stream;
    try {
      if (handle === undefined || state === undefined) throw new Error("it has no handle");
      const { length } = output;
      handle.writeSync(this.#kinds[then], input, 0, input.length, output, 0, length);
      if (stream.errored !== null && stream.errored !== undefined) throw stream.errored;
      const [outputLeft = 0, inputLeft = 0] = state;
      const used = input.length - inputLeft;
      return { used, made: length - outputLeft, ended: inputLeft > 0 && outputLeft > 0 };
    } catch (error) {
      return { used: 0, made: 0, ended: false, failure: failureOf(error as Error) };
    }
  }

  restart(): void {
    this.#stream.reset?.();
  }

  destroy(): void {
    this.#stream.destroy();
  }
}
