import { Slab } from "./slab.ts";

const KIB = 1024;

/** The sizes of slabs, in bytes: small ones for small traffic, large ones under load. */
const SIZES: readonly number[] = [4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, 1024 * KIB];

/** How many bytes of free slabs of one size are kept for the next writer that needs some. */
const KEPT_BYTES: number = 4 * KIB * KIB;

const free: Slab[][] = SIZES.map(() => []);

/** What a writer takes unless it asks for more, in bytes. Larger ones are for long round trips. */
export const LARGEST_SLAB: number = 256 * KIB;

/**
 * Lends a slab of at least `size` bytes, with arbitrary contents. Sizes that are not pooled are
 * allocated.
 */
export function acquireSlab(size: number): Slab {
  const index = SIZES.findIndex((candidate) => candidate >= size);
  return free[index]?.pop() ?? new Slab(SIZES[index] ?? size);
}

/**
 * Takes a slab back. Nothing may read or write it any more, the kernel included: a slab whose
 * transmission was cut off is left to the garbage collector instead.
 */
export function releaseSlab(slab: Slab): void {
  const { length } = slab.bytes;
  const list = free[SIZES.indexOf(length)];
  if (list !== undefined && (list.length + 1) * length <= KEPT_BYTES) list.push(slab);
}
