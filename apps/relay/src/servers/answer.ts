import { AsyncWriteError, type Connection, type Reader } from "@aw/core";
import type { Receipt } from "../live/snapshot.ts";

/**
 * Receives what one connection brings up to its end, and answers with one line of JSON: a receipt, then an orderly end; or a
 * refusal, then a cut, since this rejects and whoever serves the connection aborts it. So a program that only looks at how
 * the connection ended is right, too.
 */
export async function answer(
  connection: Connection,
  receive: (reader: Reader) => Promise<Receipt>,
): Promise<void> {
  let receipt;
  try {
    receipt = await receive(connection.reader);
  } catch (thrown) {
    const { code, message } = AsyncWriteError.from(thrown);
    try {
      await connection.writeAll(line({ error: code, message }));
      await connection.flush();
    } catch {
      // A peer that has gone hears nothing: it may be what has failed the upload.
    }
    throw thrown;
  }
  await connection.writeAll(line(receipt));
  await connection.close();
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
