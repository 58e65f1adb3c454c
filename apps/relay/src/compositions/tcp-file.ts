import { copy, type ByteSource } from "@aw/core";
import { connect, type ConnectTarget } from "@aw/tcp";
import { unwatched } from "../live/chain.ts";
import type { Receipt } from "../live/snapshot.ts";
import { receiptOf } from "./receipt-of.ts";

/** Plain `tcp` into a file that appears whole or not at all. */
export async function sendByTcp(
  source: ByteSource,
  target: ConnectTarget,
  watch = unwatched,
): Promise<Receipt> {
  await using socket = await connect(target);
  const out = watch(socket);
  await copy(source, out);
  await out.close();
  return await receiptOf(socket);
}
