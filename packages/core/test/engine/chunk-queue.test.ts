import { describe, expect, it } from "vitest";
import { ChunkQueue } from "../../src/engine/chunk-queue.ts";
import { bytes, counted } from "../instruments.ts";

/** Numbers that one seed determines: `below(n)` is less than n. */
function numbers(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 0x0019_660d) + 0x3c6e_f35f) | 0;
    return (state >>> 8) % n;
  };
}

function takeAll(queue: ChunkQueue): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  while (!queue.isEmpty) chunks.push(queue.take());
  return chunks;
}

describe("ChunkQueue", () => {
  it("gives chunks away as they came, without a copy", () => {
    const queue = new ChunkQueue();
    const chunks = Array.from({ length: 17 }, (_, index) => bytes(`chunk ${index}`));
    for (const chunk of chunks) queue.add(chunk);
    const taken = takeAll(queue);
    expect(taken).toEqual(chunks);
    expect(taken.every((chunk, index) => chunk === chunks[index])).toBe(true);
    expect(queue.head).toHaveLength(0);
  });

  it("gathers short chunks once many wait, so that they take little more than their bytes", () => {
    const queue = new ChunkQueue();
    for (let count = 0; count < 100_000; count++) queue.add(Uint8Array.of(count & 0xff));
    expect(queue.length).toBe(100_000);
    const taken = takeAll(queue);
    expect(Buffer.concat(taken)).toEqual(Buffer.from(counted(100_000)));
    expect(taken.length).toBeLessThan(50);
    const memory = new Set(taken.map(({ buffer }) => buffer));
    // Each is its taker's own.
    expect(memory.size).toBe(taken.length);
    expect([...memory].reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThan(110_000);
  });

  it.each([
    ["all of it, copied out of memory that is half empty", 2048, 2048],
    ["the memory itself, if that is more than half full", 2049, 4096],
    ["memory that is full to the last byte", 4096, 4096],
  ])("gives %s", (_what, length, memory) => {
    const queue = new ChunkQueue();
    for (let count = 0; count < 17 + length; count++) queue.add(Uint8Array.of(1));
    const gathered = takeAll(queue).slice(17);
    expect(gathered.map((chunk) => [chunk.length, chunk.buffer.byteLength])).toEqual([
      [length, memory],
    ]);
  });

  it("keeps the order of chunks and copies, short and long, however they are read", () => {
    const all = counted(5000);
    for (let seed = 1; seed <= 5; seed++) {
      const below = numbers(seed);
      const queue = new ChunkQueue();
      const [added, read]: [Uint8Array[], Uint8Array[]] = [[], []];
      const consume = (amount: number): void => {
        read.push(queue.head.slice(0, amount));
        queue.consume(amount);
      };
      for (let step = 0; step < 8000; step++) {
        // Grows for a while, then shrinks, again and again.
        if (below(10) < (step % 8000 < 4000 ? 8 : 1)) {
          const length = 1 + below(below(5) === 0 ? 5000 : 40);
          const chunk = all.slice(0, length).fill(step, length >> 1);
          added.push(chunk.slice());
          if (below(2) === 0) queue.add(chunk);
          else {
            queue.addCopy(chunk);
            chunk.fill(0);
          }
        } else if (below(2) === 0) {
          consume(below(queue.head.length + 1));
        } else {
          read.push(queue.take());
        }
      }
      while (!queue.isEmpty) consume(queue.head.length);
      expect(Buffer.concat(read).equals(Buffer.concat(added)), `seed ${seed}`).toBe(true);
    }
  });

  it("shows copies that came together as one, also those behind what was shown", () => {
    const queue = new ChunkQueue();
    queue.addCopy(bytes("one"));
    const shown = queue.head;
    queue.addCopy(bytes("two"));
    expect([shown, queue.head]).toEqual([bytes("one"), bytes("onetwo")]);
    queue.consume(2);
    queue.addCopy(bytes("three"));
    expect([queue.head, queue.length]).toEqual([bytes("etwothree"), 9]);
  });

  it("puts nothing before a chunk that is there", () => {
    const queue = new ChunkQueue();
    queue.addCopy(bytes("a"));
    queue.add(bytes("b"));
    queue.addCopy(bytes("c"));
    queue.addCopy(bytes("d"));
    expect(takeAll(queue)).toEqual([bytes("a"), bytes("b"), bytes("cd")]);
  });

  it("uses the memory of copies again once they are read, and of none that it gave away", () => {
    const queue = new ChunkQueue();
    const memory = (length: number): ArrayBufferLike => {
      queue.addCopy(counted(length));
      const { buffer } = queue.head;
      queue.consume(length);
      return buffer;
    };
    const first = memory(100);
    expect(memory(200)).toBe(first);
    queue.addCopy(counted(100));
    const small = queue.take();
    expect(small).toEqual(counted(100));
    expect(small.buffer).not.toBe(first);
    queue.addCopy(counted(4000));
    const large = queue.take();
    expect([large, large.buffer]).toEqual([counted(4000), first]);
    expect(memory(4000)).not.toBe(first);
  });

  it("uses the memory of what it showed no more once it was dropped", () => {
    const queue = new ChunkQueue();
    queue.addCopy(counted(100));
    const shown = queue.head;
    queue.drop();
    for (let count = 0; count < 3; count++) queue.addCopy(new Uint8Array(4096));
    expect(shown).toEqual(counted(100));
  });

  it("is empty after a drop, and takes more", () => {
    const queue = new ChunkQueue();
    for (let count = 0; count < 100; count++) queue.add(bytes("gone"));
    queue.drop();
    expect([queue.length, queue.head.length, queue.isEmpty]).toEqual([0, 0, true]);
    for (let count = 0; count < 100; count++) queue.add(bytes("kept"));
    expect(Buffer.concat(takeAll(queue)).toString()).toBe("kept".repeat(100));
  });
});
