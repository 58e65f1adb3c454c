import { gzip } from "@aw/compression";
import { AsyncWriteError, copy, type ByteSource } from "@aw/core";
import { connect } from "@aw/websocket";
import { receiptOf } from "../../../src/compositions/receipt-of.ts";
import { hashing } from "../../../src/ingest/hashing.ts";
import type { Watch } from "../../../src/live/chain.ts";
import type { Receipt } from "../../../src/live/snapshot.ts";
import { sha256 } from "./sha256.ts";

export interface SendOptions {
  /** "ws://host/uploads/NAME?encoding=gzip". */
  url: string;
  compress: boolean;
  watch: Watch;
  signal: AbortSignal;
  /** Called once everything has left. */
  onSent: () => void;
}

/**
 * `sha256 > gzip > websocket`, in a browser. Resolves with the relay's receipt, and the digest as it was computed here.
 * The signal cuts the connection: the relay keeps nothing.
 */
export async function send(
  source: ByteSource,
  { url, compress, watch, signal, onSent }: SendOptions,
): Promise<{ receipt: Receipt; sha256: string }> {
  await using socket = await connect(url, { halfClose: true, signal });
  const onAbort = (): void => socket.abort(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  const hash = sha256();
  const wire = watch(socket);
  const out = watch(hashing(compress ? watch(gzip(wire)) : wire, hash));
  try {
    await copy(source, out, { flushOnIdle: false });
    await out.close();
    onSent();
  } catch (error) {
    // What the relay said before it cut the connection is better than that it was cut.
    if (!signal.aborted) await receiptOf(socket).catch(throwIfRefused);
    throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
  return { receipt: await receiptOf(socket), sha256: hash.hex() };
}

function throwIfRefused(error: unknown): void {
  if (AsyncWriteError.is(error) && error.code === "ERR_AW_PROTOCOL") throw error;
}
