import type { Receipt } from "../../live/snapshot.ts";
import { parseReceipt } from "../receipt.ts";
import { toBase64 } from "./to-base64.ts";

/** What an object store of NATS says of an object, as JSON (ADR-20); clients of others read it, too. */
interface ObjectInfo {
  /** The id of the upload: names of uploads are not unique. */
  name: string;
  description?: string;
  bucket: string;
  /** The chunks are on a subject of this name. */
  nuid: string;
  size: number;
  chunks: number;
  digest: string;
  mtime: string;
  deleted?: boolean;
  metadata?: Record<string, string>;
}

/** The info of an upload that is whole. With it, everybody sees the object. */
export function infoOf(receipt: Receipt, bucket: string, chunks: number): string {
  const { id, name, bytes, sha256, storedAt } = receipt;
  const info: ObjectInfo = {
    name: id,
    description: name,
    bucket,
    nuid: id,
    size: bytes,
    chunks,
    digest: `SHA-256=${toBase64(Buffer.from(sha256, "hex"))}`,
    mtime: new Date(storedAt).toISOString(),
    metadata: { receipt: JSON.stringify(receipt) },
  };
  return JSON.stringify(info);
}

/** The info of an object that is not there: as the first of its subject, it refuses every other. */
export function tombstoneOf(id: string, bucket: string): string {
  const info: ObjectInfo = {
    name: id,
    bucket,
    nuid: id,
    size: 0,
    chunks: 0,
    digest: "",
    mtime: new Date().toISOString(),
    deleted: true,
  };
  return JSON.stringify(info);
}

/** The receipt in an info, or the id of an object that was removed. Undefined for what a relay has not written. */
export function readInfo(text: string): { receipt: Receipt } | { deleted: string } | undefined {
  let info: Partial<ObjectInfo>;
  try {
    info = JSON.parse(text) as Partial<ObjectInfo>;
  } catch {
    return undefined;
  }
  if (info.deleted === true) return { deleted: String(info.name) };
  const receipt = parseReceipt(info.metadata?.["receipt"] ?? "");
  return receipt === undefined ? undefined : { receipt };
}
