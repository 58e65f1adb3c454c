import { Reader, SourceEngine } from "@aw/core";
import { expect, it } from "vitest";
import { counted } from "../instruments.ts";
import { ManualSource } from "./source.ts";

/** Numbers that one seed determines: `below(n)` is less than n. */
function numbers(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 0x0019_660d) + 0x3c6e_f35f) | 0;
    return (state >>> 8) % n;
  };
}

const LENGTH = 200_000;

/** A reader whose chunks are cut at random: tiny ones, and such as are not copied; also Buffers. */
function cutAtRandom(all: Uint8Array, below: (n: number) => number): Reader {
  const source = new ManualSource();
  const reader = new Reader(new SourceEngine(source));
  for (let at = 0; at < all.length;) {
    const length = 1 + below([3, 100, 5000, 20_000][below(4)] ?? 1);
    const chunk = all.slice(at, at + length);
    source.ready.push(below(2) === 0 ? chunk : Buffer.from(chunk));
    at += length;
  }
  return reader;
}

it.each([1, 2, 3, 4, 5, 6])("reads of all kinds give every byte once, seed %i", async (seed) => {
  const below = numbers(seed);
  const all = counted(LENGTH).map((byte, index) => byte ^ (index >> 8));
  const reader = cutAtRandom(all, below);
  let at = 0;
  const check = (bytes: Uint8Array, what: string): void => {
    const expected = all.subarray(at, at + bytes.length);
    expect(Buffer.compare(bytes, expected), `${what} at ${at}, seed ${seed}`).toBe(0);
    // A chunk is passed on as it came; what is put together is no Buffer.
    if (what !== "read") expect(bytes.constructor).toBe(Uint8Array);
    // It is the caller's own: nobody reads it again.
    bytes.fill(0xaa);
  };
  const size = (): number => Math.min(1 + below([10, 3000, 30_000][below(3)] ?? 1), LENGTH - at);
  while (at < LENGTH) {
    const count = size();
    const kind = below(7);
    if (kind === 0) {
      const chunk = (await reader.read()) as Uint8Array;
      const { length } = chunk;
      check(chunk, "read");
      at += length;
    } else if (kind === 1) {
      check(await reader.readExactly(count), "readExactly");
      at += count;
    } else if (kind === 2) {
      check(await reader.peek(count), "peek");
    } else if (kind === 3) {
      await reader.skip(count);
      at += count;
    } else if (kind === 4) {
      const target = new Uint8Array(count);
      const filled = await reader.readInto(target);
      check(target.subarray(0, filled), "readInto");
      at += filled;
    } else if (kind === 5) {
      const back = Math.min(count, at);
      at -= back;
      reader.unread(all.subarray(at, at + back));
    } else {
      // What is not there is looked for, and stays unread.
      const beyond = reader.readUntil(all.slice(at, at + 9), { maxBytes: 0 });
      expect(await beyond).toHaveLength(0);
      at = Math.min(LENGTH, at + 9);
    }
  }
});
