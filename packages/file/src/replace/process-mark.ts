import { createHash } from "node:crypto";
import { bootId, isLocal, pidNamespace } from "./machine.ts";
import { isProcessAlive, ownStart } from "./process-life.ts";

/** What {@link ownMark} returns, as part of a regular expression. */
export const MARK_PATTERN = "[0-9a-f]{8}-[0-9a-f]{8}-\\d+-\\d+";

let knownMark: string | undefined;

/**
 * Marks what a process leaves in a folder, so that others can tell later whether it still runs: the
 * run of the kernel, the pid namespace, the process id and, because ids are used again, its start.
 */
export function ownMark(): string {
  return (knownMark ??= `${digest(bootId())}-${digest(pidNamespace())}-${process.pid}-${ownStart()}`);
}

/** Whether the process of a mark in `folder` runs, or may run: in another container one can't know. */
export function mayBeAlive(mark: string, folder: string): boolean {
  const [boot, namespace, pid, start = ""] = mark.split("-");
  if (boot !== digest(bootId())) return !isLocal(folder);
  return namespace !== digest(pidNamespace()) || isProcessAlive(Number(pid), start);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
