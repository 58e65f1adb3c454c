/** Lines of 100 bytes, as a logger of requests writes them. */
export function logText(bytes: number): Buffer {
  const lines = Array.from({ length: Math.ceil(bytes / 100) }, (_, index) => {
    const id = ((index * 2_654_435_761) >>> 0).toString(16);
    return `{"level":30,"time":${1_700_000_000_000 + index * 7},"id":"${id}","msg":"request done"}`
      .padEnd(99)
      .concat("\n");
  });
  return Buffer.from(lines.join("")).subarray(0, bytes);
}
