import { randomBytes } from "node:crypto";

/** Letters and digits: the time, so that later ones are greater, and eight that are random. */
export function newUploadId(now: number = Date.now()): string {
  return `${now.toString(36).padStart(9, "0")}${randomBytes(4).toString("hex")}`;
}
