import { describe, expect, it } from "vitest";
import { SmallCopies } from "../../src/slab/small-copies.ts";
import { counted } from "../instruments.ts";

describe("SmallCopies", () => {
  it("cuts copies out of blocks, so that none is in another", () => {
    const small = new SmallCopies();
    const sizes = Array.from({ length: 960 }, (_, index) => 65 + index);
    const copies = sizes.map((size) => small.copyOf(counted(size)));
    for (const [index, copy] of copies.entries()) {
      expect(copy).toEqual(counted(sizes[index] as number));
      copy.fill(0xff); // the others do not change
    }
    const blocks = new Set(copies.map(({ buffer }) => buffer));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    expect(blocks.size).toBeLessThan(1.2 * (total / 8192));
  });

  it("uses all of a block", () => {
    const small = new SmallCopies();
    const copies = Array.from({ length: 8 }, () => small.copyOf(counted(1024)));
    expect(new Set(copies.map(({ buffer }) => buffer)).size).toBe(1);
  });

  it("begins each where any typed array can be laid over it", () => {
    const small = new SmallCopies();
    for (let size = 65; size < 100; size++) {
      expect(small.copyOf(counted(size)).byteOffset % Float64Array.BYTES_PER_ELEMENT).toBe(0);
    }
  });

  it("is for what is neither cheap by itself nor large", () => {
    expect([64, 65, 1024, 1025].map((length) => SmallCopies.suits(length))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it("makes a new block if the one before was transferred with a copy", () => {
    const small = new SmallCopies();
    const first = small.copyOf(counted(100));
    structuredClone(first.buffer, { transfer: [first.buffer as ArrayBuffer] });
    expect(small.copyOf(counted(100))).toEqual(counted(100));
  });
});
