import { promisify } from "node:util";
import { deflateRaw } from "node:zlib";
import type { Writer } from "@aw/core";

/** A repeatable source of numbers from 0 up to `limit` (mulberry32). */
export function random(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** The seed of this run: print it with every failure. */
export const seed: number = Number(process.env["AW_SEED"] ?? Date.now() % 1_000_000);

/** Bytes that no codec makes smaller. */
export function noise(next: (limit: number) => number, length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, () => next(256)));
}

/** Text of words, so that there are matches and literals to break. */
export function words(next: (limit: number) => number, length: number): Buffer {
  const list = Array.from({ length: Math.ceil(length / 5) }, () => next(1 << 20).toString(36));
  return Buffer.from(list.join(" ").slice(0, length));
}

const work = promisify(deflateRaw);
const piece = Buffer.alloc(256 * 1024, "a piece of work");

/** A turn of the thread pool, in which what was begun before may end. */
export async function poolTurn(): Promise<void> {
  await work(piece);
}

/** Writes again and again, until nothing is taken for long; returns how much was. */
export async function acceptAll(out: Writer, data: Uint8Array): Promise<number> {
  let accepted = 0;
  for (let idle = 0; idle < 20 && accepted < data.length; idle++) {
    const n = out.tryWrite(data.subarray(accepted, accepted + 10_000));
    if (n > 0) idle = 0;
    else await poolTurn();
    accepted += n;
  }
  for (let turn = 0; turn < 20; turn++) await poolTurn();
  return accepted;
}
