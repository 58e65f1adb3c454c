import { timeOfUploadId } from "../../ingest/upload-id.ts";

/** Where the bytes of an upload are. */
export function uploadKey(id: string, name: string): string {
  return `uploads/${id}-${name}`;
}

/** Where all receipts are. */
export const RECEIPTS = "receipts/";

/**
 * Where the receipt of an upload is; undefined for what is not the id of one. S3 lists keys in their order: time runs backwards
 * in these, so that the newest is the first.
 */
export function receiptKey(id: string): string | undefined {
  const time = timeOfUploadId(id);
  if (time === undefined) return undefined;
  const before = (36 ** 9 - 1 - time).toString(36).padStart(9, "0");
  return `${RECEIPTS}${before}-${id}.json`;
}

/** The id of an upload whose receipt has this key. */
export function idOfReceipt(key: string): string {
  return key.slice(key.indexOf("-") + 1, -".json".length);
}
