import { AsyncWriteError, copy, limit, sink, type Connection, type Reader } from "@aw/core";
import type { Receipt } from "../live/snapshot.ts";
import { borrowed } from "./borrowed.ts";

/** How much is still taken from a sender that was refused, in bytes and in milliseconds. */
const MAX_DISCARDED = 16 * 1024 * 1024;
const DISCARD_FOR = 2000;

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
    receipt = await receive(borrowed(connection.reader));
  } catch (thrown) {
    await refuse(connection, AsyncWriteError.from(thrown));
    throw thrown;
  }
  await connection.writeAll(line(receipt));
  await connection.close();
}

/**
 * A sender looks for an answer when it has sent all. One that is cut off before may never see it: its system drops what was
 * not read. So what it still sends is taken for a while, and discarded.
 */
async function refuse(connection: Connection, { code, message }: AsyncWriteError): Promise<void> {
  try {
    await connection.writeAll(line({ error: code, message }));
    await connection.flush();
    if (code === "ERR_AW_ABORTED") return; // the relay stops, and does not wait
    const signal = AbortSignal.timeout(DISCARD_FOR);
    await copy(connection.reader, limit(sink(), MAX_DISCARDED), { signal });
  } catch {
    // It has gone, which may be why it was refused; or it does not end.
  }
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}
