import type { AsyncWriteError } from "@aw/core";

export interface ListenContext {
  signal: AbortSignal;
  /** Called with the reason for each connection that came and was not accepted. */
  onRefused: (error: AsyncWriteError) => void;
}

/** Where a WebSocket server listens. */
export interface ListenAt {
  host: string;
  port: number;
  path: string | undefined;
}
