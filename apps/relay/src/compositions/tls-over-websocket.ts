import { copy, type ByteSource } from "@aw/core";
import { client, type ClientOptions } from "@aw/tls";
import { connect } from "@aw/websocket";
import { unwatched } from "../live/chain.ts";
import type { Receipt } from "../live/snapshot.ts";
import { receiptOf } from "./receipt-of.ts";

/**
 * `tls > websocket`: a connection over a connection. It gets through whatever lets only HTTP through, and who is in between
 * sees ciphertext.
 *
 * @param trust `servername` is the name in the relay's certificate
 */
export async function sendByTlsOverWebSocket(
  source: ByteSource,
  origin: string,
  trust: ClientOptions,
  watch = unwatched,
): Promise<Receipt> {
  const tunnel = await connect(`${origin}/tunnel`, { halfClose: true });
  await using connection = await client(tunnel, trust); // owns the tunnel from now on
  const out = watch(connection);
  await copy(source, out);
  await out.close(); // close_notify through the tunnel
  return await receiptOf(connection);
}
