import { nested, POSITIVE_COUNT, required, type Schema } from "../options/rules.ts";

/** How a `CompletionEngine` gathers bytes and hands them to its destination. */
export interface CompletionEngineOptions {
  /**
   * The max bytes of one `transmit`, and so of one slab. At most two slabs are held: one that fills
   * while the other is in flight. Default: 256 KiB.
   */
  capacity?: number | undefined;
  /**
   * A `writeAll` of at least `from` bytes lends its buffer: pieces of at most `atMost` bytes go to
   * `transmit` without a copy, and the promise resolves when the last one is done. Only for
   * destinations that do not read it once they are destroyed. Default: none lends.
   */
  lend?: Lending | undefined;
}

/** Which writes lend their buffer, and how much of it goes to one `transmit`, in bytes. */
export interface Lending {
  readonly from: number;
  readonly atMost: number;
}

export const NO_LENDING: Lending = { from: Number.POSITIVE_INFINITY, atMost: 0 };

export const COMPLETION_OPTIONS: Schema<CompletionEngineOptions> = {
  capacity: POSITIVE_COUNT,
  lend: nested<{ from: number; atMost: number }>({
    from: required(POSITIVE_COUNT),
    atMost: required(POSITIVE_COUNT),
  }),
};
