import { zstd } from "@aw/compression";
import { copy, type ByteSource } from "@aw/core";
import { connect, type ConnectOptions, type ConnectTarget } from "@aw/tls";
import { unwatched } from "../live/chain.ts";
import type { Receipt } from "../live/snapshot.ts";
import { receiptOf } from "./receipt-of.ts";

/** `zstd > tls`: what is compressed first is encrypted cheaper. */
export async function sendByTlsZstd(
  source: ByteSource,
  target: ConnectTarget,
  trust: ConnectOptions,
  watch = unwatched,
): Promise<Receipt> {
  await using connection = await connect(target, trust);
  const out = watch(zstd(watch(connection)));
  await copy(source, out);
  await out.close(); // the end of the frame, close_notify, FIN: none of which an attacker can forge
  return await receiptOf(connection);
}
