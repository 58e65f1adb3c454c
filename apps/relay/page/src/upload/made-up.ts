const BLOCK = 64 * 1024;

const TEXT = "What is written here says nothing, again and again; a compressor likes that. ";

/** So many bytes, half of each block noise and half text. Made as they are asked for. */
export function* madeUp(bytes: number): Generator<Uint8Array> {
  const text = new TextEncoder().encode(TEXT.repeat(BLOCK / 2 / TEXT.length + 1));
  for (let made = 0; made < bytes; made += BLOCK) {
    const block = new Uint8Array(BLOCK);
    crypto.getRandomValues(block.subarray(0, BLOCK / 2));
    block.set(text.subarray(0, BLOCK / 2), BLOCK / 2);
    yield bytes - made < BLOCK ? block.subarray(0, bytes - made) : block;
  }
}
