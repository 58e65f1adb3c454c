import { readFileSync } from "node:fs";

/** Where the system does not tell when a process started. */
const UNKNOWN_START = "0";

/** When this process started, in clock ticks since boot: ids of processes are used again. */
export function ownStart(): string {
  return read(process.pid)?.start ?? UNKNOWN_START;
}

/** Whether a process of this pid namespace runs, or may run. */
export function isProcessAlive(pid: number, start: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const found = read(pid);
  if (found === undefined || start === UNKNOWN_START) return true;
  return found.start === start && !found.hasEnded;
}

/** What Linux tells; undefined elsewhere, or if the process is hidden from this one. */
function read(pid: number): { start: string; hasEnded: boolean } | undefined {
  let stat;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return undefined;
  }
  // The name of the program, in parentheses, may contain spaces. The state is field 3, the start 22.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // Z: it has ended, and its parent does not care. X: it is about to go.
  return { start: fields[19] ?? UNKNOWN_START, hasEnded: /[ZX]/.test(fields[0] ?? "") };
}
