/** `bufs` without the first `count` bytes, and without empty buffers before what is left. */
export function skip(bufs: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  let index = 0;
  for (; index < bufs.length; index++) {
    const { length } = bufs[index] as Uint8Array;
    if (count < length) break;
    count -= length;
  }
  if (count === 0) return bufs.slice(index);
  return [(bufs[index] as Uint8Array).subarray(count), ...bufs.slice(index + 1)];
}
