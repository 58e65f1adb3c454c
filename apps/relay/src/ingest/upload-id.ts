import { randomBytes } from "node:crypto";

/** Letters and digits: the time, so that later ones are greater, and eight that are random. */
export function newUploadId(now: number = Date.now()): string {
  return `${now.toString(36).padStart(9, "0")}${randomBytes(4).toString("hex")}`;
}

/** Nine digits of time, base 36, and eight of chance. */
const ID = /^([0-9a-z]{9})[0-9a-f]{8}$/;

/** When an id was made, in milliseconds since 1970; undefined for what `newUploadId` has not made. */
export function timeOfUploadId(id: string): number | undefined {
  const [, time] = ID.exec(id) ?? [];
  return time === undefined ? undefined : Number.parseInt(time, 36);
}
