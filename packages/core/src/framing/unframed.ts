import { bytesOf, openSource, type ByteSource } from "../source/byte-source.ts";
import type { ChunkReader } from "../source/chunk-reader.ts";
import { notBytes } from "../slab/bytes.ts";
import type { Codec } from "./codec.ts";
import { checkCodec } from "./check-codec.ts";
import { invalidArgument } from "../trait/invalid-argument.ts";
import type { Decoder } from "./decoder.ts";

/**
 * Reads typed messages: the other end of `framed`. Takes a chunk from the source only when all messages
 * of the one before were taken, so a loop that is slow makes the peer slow. Leaving the loop cancels the
 * source.
 *
 * ```ts
 * import { lines, unframed } from "@aw/core";
 *
 * const source = new Blob(["one\ntwo\n"]).stream();
 * for await (const line of unframed(source, lines())) console.log(line.length); // 3
 * ```
 *
 * Fails with the source's own error, with `ERR_AW_TRUNCATED` if the source ends inside a message,
 * `ERR_AW_LIMIT` if one is too large, `ERR_AW_PROTOCOL` if it can't be decoded; the messages before come
 * first.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if it is no source, or the codec only sends
 */
export function unframed<Message>(
  source: ByteSource,
  codec: Codec<Message>,
): AsyncGenerator<Message, void, undefined> {
  checkCodec("unframed", codec);
  if (codec.decoder === undefined)
    throw invalidArgument(`unframed: the codec ${codec.name} has no decoder`);
  const reader = openSource(source);
  if (reader === undefined) throw notBytes(source, "a ReadableStream or an iterable of bytes");
  return read(reader, codec.decoder());
}

async function* read<Message>(
  reader: ChunkReader,
  decoder: Decoder<Message>,
): AsyncGenerator<Message, void, undefined> {
  let ended = false;
  try {
    for (;;) {
      const chunk = await reader.next();
      if (chunk === undefined) break;
      yield* decoder.push(bytesOf(chunk));
    }
    ended = true;
    decoder.end();
  } finally {
    if (!ended) reader.cancel(undefined);
  }
}
