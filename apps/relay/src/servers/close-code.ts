import type { AsyncWriteError, AsyncWriteErrorCode } from "@aw/core";

const CODES: Partial<Record<AsyncWriteErrorCode, number>> = {
  ERR_AW_LIMIT: 1009, // message too big
  ERR_AW_CORRUPT: 1008, // policy violation
  ERR_AW_TRUNCATED: 1008,
  ERR_AW_PROTOCOL: 1008,
  ERR_AW_ABORTED: 1012, // service restart
};

/** The close code of a WebSocket whose upload was refused (RFC 6455, section 7.4.1). */
export function closeCodeOf({ code }: AsyncWriteError): number {
  return CODES[code] ?? 1011; // internal error
}
