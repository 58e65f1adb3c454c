import { MAX_HEADER, violation } from "./protocol.ts";

const NEWLINE = 10;

/**
 * Splits what a connection brings into its first line and the rest. Reads no further than it must,
 * and fails with `ERR_AW_PROTOCOL` if the line is too long or never ends.
 */
export async function readHeader(
  readable: ReadableStream<Uint8Array>,
): Promise<{ line: string; body: AsyncIterable<Uint8Array> }> {
  const reader = readable.getReader();
  let head: Uint8Array = new Uint8Array(0);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw violation("the connection ended before its header did");
    head = Buffer.concat([head, value]);
    const end = head.indexOf(NEWLINE);
    if (end > MAX_HEADER || (end === -1 && head.length > MAX_HEADER)) {
      throw violation(`the header is longer than ${MAX_HEADER} bytes`);
    }
    if (end !== -1) {
      const line = new TextDecoder().decode(head.subarray(0, end));
      return { line, body: rest(head.subarray(end + 1), reader) };
    }
  }
}

async function* rest(
  first: Uint8Array,
  reader: ReadableStreamDefaultReader<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
