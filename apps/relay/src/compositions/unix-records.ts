import { framed, ndjson } from "@aw/core";
import { connect } from "@aw/tcp";
import { unwatched } from "../live/chain.ts";
import type { Receipt } from "../live/snapshot.ts";
import { receiptOf } from "./receipt-of.ts";

/**
 * `framed(ndjson) > unix`: typed messages instead of bytes. Those that are sent in one turn leave together, and `send`
 * waits when the relay is slower.
 */
export async function sendRecordsByUnixSocket(
  records: Iterable<unknown> | AsyncIterable<unknown>,
  path: string,
  watch = unwatched,
): Promise<Receipt> {
  await using socket = await connect({ path });
  const out = framed(watch(socket), ndjson());
  for await (const record of records) await out.send(record);
  await out.close();
  return await receiptOf(socket);
}
