import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/**
 * Marks what a process leaves in a folder, so that others can tell later whether it still runs:
 * machine, process id and, because ids are used again, when it started.
 */
export function ownMark(): string {
  return `${machine()}-${process.pid}-${startOf(process.pid)}`;
}

const UNKNOWN_START = "0";

/** What {@link ownMark} returns, as part of a regular expression. */
export const MARK_PATTERN = "[0-9a-f]{8}-\\d+-\\d+";

/** Whether the process of a mark runs, or may run: of another machine one can't know. */
export function mayBeAlive(mark: string): boolean {
  const [home, pid, start] = mark.split("-");
  if (home !== machine()) return true;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const started = startOf(Number(pid));
  return started === start || started === UNKNOWN_START;
}

let knownMachine: string | undefined;

/** The host, and the container on it: process ids mean nothing elsewhere. */
function machine(): string {
  knownMachine ??= createHash("sha256")
    .update(`${hostname()} ${pidNamespace()}`)
    .digest("hex")
    .slice(0, 8);
  return knownMachine;
}

function pidNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    // Not Linux, or a sandbox without /proc: the host has to do.
    return "";
  }
}

/** When a process started, in clock ticks since boot; "0" where the system does not tell. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name of the program, in parentheses, may contain spaces. The start is field 22.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? UNKNOWN_START;
  } catch {
    // Not Linux, or a process of another user that is hidden from this one.
    return UNKNOWN_START;
  }
}
