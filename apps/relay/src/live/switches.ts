/** What the page's switches take, and what the one for the comparison shows. Types only: the page's sources share this file. */

/**
 * The same job twice, each in a process of its own: so many bytes over TCP to a receiver that reads slowly. One
 * calls `socket.write` without waiting, the other one `await writer.writeAll`.
 */
export interface Comparison {
  receiverBytesPerSecond: number;
  totalBytes: number;
  naive: SenderSample;
  writer: SenderSample;
}

export interface SenderSample {
  /**
   * "stopped": it held more than 512 MiB, which is where this demonstration ends it; without that it would go on to the
   * end of memory.
   */
  state: "running" | "done" | "stopped" | "failed";
  startedAt: number;
  /** Bytes that the program believes it has written. */
  writtenBytes: number;
  /** Bytes that have arrived. */
  receivedBytes: number;
  /** Bytes that wait in the memory of the sender. */
  heldBytes: number;
  /** How many that have been so far. */
  maxHeldBytes: number;
  /** Of its process. */
  rssBytes: number;
}

/**
 * The body of `POST /slow`. Answers 204; 400 with a `Refusal` if it makes no sense.
 *
 *     fetch("/slow", { method: "POST", body: JSON.stringify({ bytesPerSecond: 100_000 }) })
 */
export interface SlowRequest {
  /** From 1 on; null for no limit. */
  bytesPerSecond: number | null;
}

/**
 * The body of `POST /naive`, which starts the comparison: 202, or 409 with a `Refusal` while one runs. `DELETE /naive`
 * ends it: 204.
 */
export interface NaiveRequest {
  /** Default: 1 MiB a second. */
  receiverBytesPerSecond?: number;
  /** Default: 256 MiB. */
  totalBytes?: number;
}
