import * as v from "valibot";
import type { Receipt } from "../live/snapshot.ts";

/** A receipt as it comes from elsewhere: another relay, an object store. */
export const RECEIPT: v.GenericSchema<unknown, Receipt> = v.object({
  id: v.string(),
  name: v.string(),
  bytes: v.number(),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  encoding: v.picklist(["identity", "gzip", "zlib", "zstd", "br"]),
  route: v.picklist(["tcp", "tls", "unix", "records", "websocket", "tunnel", "http"]),
  storedAt: v.number(),
  durationMs: v.number(),
});

/** Undefined for text that is not a receipt. */
export function parseReceipt(text: string): Receipt | undefined {
  try {
    const parsed = v.safeParse(RECEIPT, JSON.parse(text));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined; // not JSON
  }
}
