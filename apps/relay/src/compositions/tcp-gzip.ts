import { gzip } from "@aw/compression";
import { copy, type ByteSource } from "@aw/core";
import { connect, type ConnectTarget } from "@aw/tcp";
import { unwatched } from "../live/chain.ts";
import type { Receipt } from "../live/snapshot.ts";
import { receiptOf } from "./receipt-of.ts";

/** `gzip > tcp`: a layer over a connection. The relay sees by the first bytes that it is gzip. */
export async function sendByTcpGzip(
  source: ByteSource,
  target: ConnectTarget,
  watch = unwatched,
): Promise<Receipt> {
  await using socket = await connect(target);
  const out = watch(gzip(watch(socket)));
  await copy(source, out);
  await out.close(); // the trailer of gzip, then FIN: the relay can still answer
  return await receiptOf(socket);
}
