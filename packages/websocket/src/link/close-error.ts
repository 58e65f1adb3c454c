import { AsyncWriteError, type AsyncWriteErrorCode } from "@aw/core";
import type { Closure } from "./link.ts";
import { printable } from "./printable.ts";

/** The `cause` of an error that came with a close code: what the peer said. */
export class WebSocketCloseError extends Error {
  override readonly name = "WebSocketCloseError";
  /** The close code (RFC 6455, section 7.4); 1006 if the peer vanished without one. */
  readonly closeCode: number;
  /** As the peer sent it: control characters too, which the message escapes. */
  readonly reason: string;

  constructor({ code, reason }: Closure) {
    super(`WebSocket closed with code ${code}${reason === "" ? "" : `: ${printable(reason)}`}`);
    this.closeCode = code;
    this.reason = reason;
  }
}

const CODES: Readonly<Record<number, AsyncWriteErrorCode>> = {
  1000: "ERR_AW_BROKEN_PIPE",
  1002: "ERR_AW_PROTOCOL",
  1003: "ERR_AW_PROTOCOL",
  1005: "ERR_AW_BROKEN_PIPE",
  1007: "ERR_AW_PROTOCOL",
  1009: "ERR_AW_LIMIT",
};

const REMEDIES: Readonly<Record<number, string>> = {
  1000: "the peer closed the connection; connect again",
  1001: "the peer is going away; connect again, to another one if there is",
  1005: "the peer closed the connection; connect again",
  1006: "the connection was cut off without a closing handshake; connect again",
  1008: "the peer does not allow it; a message in more fragments than it takes is one cause",
  1009: "a message was too big for the peer; lower maxMessageBytes or raise its maxPayload",
  1012: "the peer restarts; connect again in a while",
};

/** Whether the peer ended the connection in good order. */
export function isNormal({ code }: Closure): boolean {
  return code === 1000 || code === 1005;
}

/** The error for bytes that could not be sent, or a stream that was cut off. */
export function closeError(layer: string, closure: Closure): AsyncWriteError {
  const cause = new WebSocketCloseError(closure);
  const remedy = REMEDIES[closure.code];
  const message = `${layer}: ${cause.message}${remedy === undefined ? "" : ` (${remedy})`}`;
  return new AsyncWriteError(CODES[closure.code] ?? "ERR_AW_CONNECTION_RESET", message, { cause });
}
