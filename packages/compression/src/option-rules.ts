import { BYTES, integer, type Rule } from "@aw/core/implementor";

/** The size of a block, in bytes. */
export const BLOCK_SIZE: Rule = integer(1, 1 << 30);

/** Bytes that the input is likely to repeat. */
export const DICTIONARY: Rule = {
  allowed: "a Uint8Array that is not empty",
  accepts: (value) => BYTES.accepts(value) && (value as Uint8Array).length > 0,
};

/** How many blocks are compressed at once: more than the thread pool may have threads is no use. */
export const PARALLEL: Rule = integer(1, 1024);
