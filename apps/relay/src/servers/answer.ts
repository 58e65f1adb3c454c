import { AsyncWriteError, type Connection, type Reader } from "@aw/core";
import type { Receipt } from "../live/snapshot.ts";

/**
 * Receives what one connection brings up to its end, and answers with one line of JSON: a receipt, then an orderly end; or a
 * refusal, then a cut. So a program that only looks at how the connection ended is right, too.
 *
 * @param cut ends a connection whose upload was refused. Default: aborts it
 */
export async function answer<C extends Connection>(
  connection: C,
  receive: (reader: Reader) => Promise<Receipt>,
  cut: (connection: C, error: AsyncWriteError) => void = (refused, error) => refused.abort(error),
): Promise<void> {
  await using client = connection;
  let receipt;
  try {
    receipt = await receive(client.reader);
  } catch (thrown) {
    const error = AsyncWriteError.from(thrown);
    try {
      await client.writeAll(line({ error: error.code, message: error.message }));
      await client.flush();
    } catch {
      // A peer that has gone hears nothing: it may be what has failed the upload.
    }
    cut(client, error);
    return;
  }
  await client.writeAll(line(receipt));
  await client.close();
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
