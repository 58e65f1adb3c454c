import { dirname } from "node:path";
import { isListenedOn } from "./life-socket.ts";
import type { LockRecord } from "./lock-record.ts";
import { bootId, isLocal, pidNamespace } from "./machine.ts";
import { isProcessAlive } from "./process-life.ts";

/** Whether the holder of a lock lives, or may live for all that can be known from here. */
export async function mayHolderLive(record: LockRecord, lockPath: string): Promise<boolean> {
  const folder = dirname(lockPath);
  // Another machine, or an earlier start of this one, which has ended for sure.
  if (record.boot !== bootId()) return !isLocal(folder);
  if (record.socket !== undefined) {
    const isListening = await isListenedOn(folder, record.socket);
    if (isListening !== undefined) return isListening;
  }
  // In another container one sees other processes by the same numbers.
  return record.namespace !== pidNamespace() || isProcessAlive(record.pid, record.start);
}
