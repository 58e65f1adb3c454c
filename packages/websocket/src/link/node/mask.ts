/** Below this, in bytes, finding the words costs more than it saves. */
const SHORT = 16;

/** The key as one word, turned so that it fits where the words of the data begin. */
const turned = new Int32Array(1);
const turnedBytes = new Uint8Array(turned.buffer);

/**
 * XORs `bytes` in place with the four bytes of `key` (RFC 6455, section 5.3): by words, and four of
 * them a round, because nothing else makes engines touch more than a byte or a word at a time.
 */
export function mask(bytes: Uint8Array, key: Uint8Array): void {
  if (bytes.length < SHORT) {
    maskBytes(bytes, key, 0, bytes.length);
    return;
  }
  const head = -bytes.byteOffset & 3;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + head, (bytes.length - head) >> 2);
  maskBytes(bytes, key, 0, head);
  for (let index = 0; index < 4; index++) turnedBytes[index] = key[(head + index) & 3]!;
  maskWords(words, turned[0]!);
  maskBytes(bytes, key, head + words.length * 4, bytes.length);
}

function maskBytes(bytes: Uint8Array, key: Uint8Array, start: number, end: number): void {
  for (let at = start; at < end; at++) bytes[at]! ^= key[at & 3]!;
}

function maskWords(words: Int32Array, word: number): void {
  const fours = words.length & ~3;
  for (let at = 0; at < fours; at += 4) {
    words[at]! ^= word;
    words[at + 1]! ^= word;
    words[at + 2]! ^= word;
    words[at + 3]! ^= word;
  }
  for (let at = fours; at < words.length; at++) words[at]! ^= word;
}
