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

/** Lines of 20 to 400 bytes, as of pino: most of them short, each with something of its own. */
export function mixedLines(count: number): Uint8Array[] {
  // A generator of numbers of its own, so that every process makes the same lines.
  let state = 1;
  const next = (below: number): number => {
    state = (state * 48_271) % 0x7f_ff_ff_ff;
    return state % below;
  };
  return Array.from({ length: count }, (_, index) => {
    const length = 20 + Math.floor(380 * (next(1000) / 1000) ** 2);
    const words = Array.from({ length: 60 }, () => WORDS[next(WORDS.length)]);
    const head = `{"level":30,"time":${1_700_000_000_000 + index * 7},"pid":${next(9999)},"msg":"`;
    return Buffer.from(`${(head + words.join(" ")).slice(0, length - 3)}"}\n`);
  });
}

const WORDS: readonly string[] = [
  ..."request response done failed user session cache hit miss retry timeout upstream".split(" "),
  ..."GET POST /api/orders /api/users /health 200 204 404 500 eu-west-1 checkout payment".split(
    " ",
  ),
];
