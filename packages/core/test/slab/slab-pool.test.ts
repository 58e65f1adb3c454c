import { describe, expect, it } from "vitest";
import { acquireSlab, releaseSlab } from "../../src/slab/slab-pool.ts";

const KIB = 1024;

describe("the slab pool", () => {
  it.each([
    [1, 4],
    [4 * KIB, 4],
    [4 * KIB + 1, 16],
    [16 * KIB + 1, 64],
    [64 * KIB + 1, 256],
    [256 * KIB + 1, 1024],
    [1024 * KIB, 1024],
  ])("lends for %i bytes a slab of %i KiB", (size, kib) => {
    expect(acquireSlab(size).bytes.length).toBe(kib * KIB);
  });

  it("allocates what is larger than its slabs, and does not keep that", () => {
    const slab = acquireSlab(1024 * KIB + 1);
    expect(slab.bytes.length).toBe(1024 * KIB + 1);
    releaseSlab(slab);
    expect(acquireSlab(1024 * KIB + 1)).not.toBe(slab);
  });

  it("lends again what was given back, to those who need that size", () => {
    const slab = acquireSlab(64 * KIB);
    releaseSlab(slab);
    expect(acquireSlab(16 * KIB)).not.toBe(slab);
    expect(acquireSlab(20 * KIB)).toBe(slab);
    expect(acquireSlab(64 * KIB)).not.toBe(slab);
  });

  it.each([
    [256, 16],
    [1024, 4],
  ])("keeps 4 MiB of slabs of %i KiB, and no more", (kib, kept) => {
    const lent = Array.from({ length: kept + 3 }, () => acquireSlab(kib * KIB));
    for (const slab of lent) releaseSlab(slab);
    const again = lent.map(() => acquireSlab(kib * KIB));
    expect(again.filter((slab) => lent.includes(slab))).toHaveLength(kept);
    expect(new Set(again).size).toBe(again.length);
  });
});
