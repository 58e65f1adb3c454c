/** The total length of a list of buffers, in bytes. */
export function byteLength(bufs: readonly Uint8Array[]): number {
  let total = 0;
  for (const { length } of bufs) total += length;
  return total;
}
