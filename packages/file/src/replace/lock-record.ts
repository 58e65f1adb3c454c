import { randomBytes } from "node:crypto";
import { SOCKET_NAME } from "./life-socket.ts";
import { bootId, hostName, pidNamespace } from "./machine.ts";
import { ownStart } from "./process-life.ts";

/** What a lock file says about who holds it. */
export interface LockRecord {
  readonly pid: number;
  readonly start: string;
  readonly host: string;
  readonly boot: string;
  readonly namespace: string;
  /** The name of the socket that its holder listens on, in the same folder. */
  readonly socket: string | undefined;
}

const FIRST = '{"aw":"lock",';

/** The text of a lock file of this process; no two are the same. */
export function newLockText(socket: string | undefined): string {
  const record: LockRecord = {
    pid: process.pid,
    start: ownStart(),
    host: hostName(),
    boot: bootId(),
    namespace: pidNamespace(),
    socket,
  };
  const text = JSON.stringify({ aw: "lock", ...record, id: randomBytes(8).toString("hex") });
  return `${text}\n`;
}

/**
 * What a lock file says. "torn": a machine that lost its power has left a part of one, or nothing.
 * "foreign": another program made it.
 */
export function parseLock(text: string): LockRecord | "torn" | "foreign" {
  const known = text.replace(/\0+$/, "");
  if (FIRST.startsWith(known)) return "torn";
  if (!known.startsWith(FIRST)) return "foreign";
  if (!known.endsWith("}\n")) return "torn";
  let record;
  try {
    record = JSON.parse(known) as Record<string, unknown>;
  } catch {
    return "torn";
  }
  const { pid, start, host, boot, namespace, socket } = record;
  const isComplete =
    Number.isSafeInteger(pid) &&
    [start, host, boot, namespace].every((field) => typeof field === "string") &&
    // In the same folder, and nothing else's: it is removed with the lock.
    (socket === undefined || (typeof socket === "string" && SOCKET_NAME.test(socket)));
  return isComplete ? (record as unknown as LockRecord) : "foreign";
}
