import { MILLISECONDS, POSITIVE_COUNT, type Schema } from "@aw/core/implementor";

/** What every WebSocket connection takes, however it came about. */
export interface ConnectionOptions {
  /** The largest message that is sent, in bytes. Default: 64 KiB. */
  maxMessageBytes?: number | undefined;
  /** How long the peer may take to answer a close, in milliseconds. Default: 10,000. */
  closeTimeout?: number | undefined;
}

export const CONNECTION_OPTIONS: Schema<ConnectionOptions> = {
  maxMessageBytes: POSITIVE_COUNT,
  closeTimeout: MILLISECONDS,
};
