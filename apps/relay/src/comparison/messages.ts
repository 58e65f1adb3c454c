/** What a sender is started with. */
export interface SenderOptions {
  kind: "naive" | "writer";
  port: number;
  totalBytes: number;
  /** The naive one stops when more than this waits in its memory. */
  maxHeldBytes: number;
}

/** What a sender tells the relay some times a second, and at its end. */
export interface SenderReport {
  state: "running" | "done" | "stopped";
  writtenBytes: number;
  heldBytes: number;
  maxHeldBytes: number;
  rssBytes: number;
}
