import { isReader } from "../options/check-reader.ts";
import { hasMethods } from "../options/rules.ts";
import { readerOf, type ReaderSource } from "../reader/to-reader.ts";
import { invalidArgument } from "../trait/invalid-argument.ts";
import { checkCodec } from "./check-codec.ts";
import type { Codec } from "./codec.ts";
import { Messages } from "./messages.ts";

/**
 * Reads typed messages: the other end of `framed`. Each is read when it is asked for, and nothing is taken
 * from the source while there is a whole one, so a loop that is slow makes the peer slow.
 *
 * Leaving the loop leaves what follows the last message in the reader: iterate again, or read the rest by
 * other calls. A source that is not a reader, which nobody else could go on with, is cancelled.
 *
 * ```ts
 * import { lines, toReader, unframed } from "@aw/core";
 *
 * const reader = toReader(["the he", "ad\n\nthe body"]);
 * for await (const line of unframed(reader, lines())) {
 *   if (line === "") break;
 *   console.log(line); // the head
 * }
 * console.log(await reader.text()); // the body
 * ```
 *
 * Messages are your own. One that came as a whole is not copied if it is large; small ones may be parts of one
 * ArrayBuffer, as small Buffers of Node are.
 *
 * `next` rejects with the failure of the source; with `ERR_AW_TRUNCATED` if that ends inside a message,
 * `ERR_AW_LIMIT` if one is too large, `ERR_AW_PROTOCOL` if it can't be decoded. The messages before come
 * first, and what could not be read stays in the reader.
 *
 * @throws AsyncWriteError `ERR_AW_INVALID_ARGUMENT` if source can't be read, or the codec only sends
 */
export function unframed<Message>(
  source: ReaderSource,
  codec: Codec<Message>,
): AsyncIterableIterator<Message, undefined, undefined> {
  checkCodec("unframed", codec);
  const decoder = codec.decoder?.();
  if (!hasMethods(decoder, ["decode"]))
    throw invalidArgument(`unframed: the codec ${codec.name} has no decoder`);
  return new Messages(readerOf("unframed", source), decoder, !isReader(source));
}
