import type { Bucket } from "./bucket.ts";

/** How many requests are in flight at a time. */
const AT_ONCE = 32;

/**
 * Removes the chunks of an object one by one.
 *
 * One request could purge the subject, but a `nats-server` before 2.9.18 that replays such a purge after a crash removes every
 * older message of the stream, of any subject (fixed by its commit dee532495).
 *
 * @param known the sequences of chunks that are known; others are looked up
 */
export async function removeChunks(
  bucket: Bucket,
  id: string,
  { known = [], signal }: { known?: readonly number[]; signal?: AbortSignal } = {},
): Promise<void> {
  for (let at = 0; at < known.length; at += AT_ONCE) {
    const some = known.slice(at, at + AT_ONCE);
    await Promise.all(some.map((seq) => bucket.remove(seq, signal)));
  }
  const subject = bucket.chunksOf(id);
  let chunk = await bucket.latest(subject, signal);
  while (chunk !== undefined) {
    await bucket.remove(chunk.seq, signal);
    chunk = await bucket.latest(subject, signal);
  }
}
