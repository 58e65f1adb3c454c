import type { ReaderLayer } from "../reader/reader-subject.ts";
import type { LayerFactory } from "../subject.ts";

/** What `stackCase` needs to know: a layer that reads, and one that writes what that has read. */
export interface StackOptions {
  /** What the stack is called in the name of the case. */
  name: string;
  /** What reads, from the kit's own source. */
  reader: ReaderLayer;
  /** What writes, to the kit's own destination. */
  writer: LayerFactory;
  /** What the source has to give for the reader to show `bytes`. Default: the bytes themselves. */
  encode?: (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>;
  /**
   * Decodes what has arrived at the destination: all of it, or as much as can be if it is not complete.
   * Default: nothing is encoded.
   */
  decode?: (bytes: Uint8Array, isComplete: boolean) => Uint8Array | Promise<Uint8Array>;
  /** How many seeded schedules run. Default: 200, or what AW_SEEDS says. */
  seeds?: number;
  /** How long the copy may make no progress, in milliseconds. Default: 2,000. */
  patience?: number;
}
