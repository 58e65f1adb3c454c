import { brotli } from "@aw/compression";
import { copy, type ByteSource } from "@aw/core";
import { connect } from "@aw/websocket";
import { unwatched } from "../live/chain.ts";
import type { Receipt } from "../live/snapshot.ts";
import { receiptOf } from "./receipt-of.ts";

/**
 * `brotli > websocket`. Nothing in brotli says that it is brotli, so the URL does. A WebSocket has no half-close of its own:
 * with `halfClose` both ends agree on one, so that the relay can answer after the end.
 *
 * @param origin of the relay: "ws://127.0.0.1:8080"
 */
export async function sendByWebSocketBrotli(
  source: ByteSource,
  origin: string,
  name: string,
  watch = unwatched,
): Promise<Receipt> {
  const url = `${origin}/uploads/${encodeURIComponent(name)}?encoding=br`;
  await using socket = await connect(url, { halfClose: true });
  const out = watch(brotli(watch(socket), { quality: 4 }));
  await copy(source, out);
  await out.close();
  return await receiptOf(socket);
}
