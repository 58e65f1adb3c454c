import { AsyncWriteError } from "@aw/core";
import { printable } from "../printable.ts";
import { MAX_FRAGMENTS } from "./ws-options.ts";

/** How Node's codes begin when a certificate is not trusted, or the handshake of TLS fails. */
const TLS_FAILURE =
  /^(?:CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CRL_|INVALID_|ERR_TLS_|ERR_SSL_|HOSTNAME_MISMATCH)/;

/** What `ws` found wrong with a frame, or the system with the socket. */
export function wsError(layer: string, cause: Error): AsyncWriteError {
  const { code = "" } = cause as NodeJS.ErrnoException;
  if (code.startsWith("Z_")) {
    const message = `${layer}: the peer sent a compressed message that is damaged: ${printable(cause.message)}`;
    return new AsyncWriteError("ERR_AW_CORRUPT", message, { cause });
  }
  if (!code.startsWith("WS_ERR_")) return AsyncWriteError.from(cause, layer);
  if (code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH") {
    const message = `${layer}: the peer sent a message beyond maxPayload; raise it, or have the peer send less at a time`;
    return new AsyncWriteError("ERR_AW_LIMIT", message, { cause });
  }
  if (code.startsWith("WS_ERR_TOO_MANY")) {
    const message = `${layer}: the peer sent a message in more than ${MAX_FRAGMENTS} fragments, or in too small packets; have it send larger ones`;
    return new AsyncWriteError("ERR_AW_LIMIT", message, { cause });
  }
  const message = `${layer}: the peer broke the WebSocket protocol: ${printable(cause.message)}`;
  return new AsyncWriteError("ERR_AW_PROTOCOL", message, { cause });
}

/** Why a client did not come to be a WebSocket. */
export function handshakeError(attempt: string, cause: Error): AsyncWriteError {
  const { code = "" } = cause as NodeJS.ErrnoException;
  const text = printable(cause.message);
  if (code.startsWith("WS_ERR_")) return wsError(attempt, cause);
  if (text.startsWith("Unexpected server response: ")) {
    const message = `${attempt}: refused: ${text}`;
    return new AsyncWriteError("ERR_AW_CONNECT", message, { cause });
  }
  if (code === "" || code.startsWith("HPE_")) {
    const message = `${attempt}: the server's answer is not a WebSocket handshake: ${text}`;
    return new AsyncWriteError("ERR_AW_PROTOCOL", message, { cause });
  }
  if (TLS_FAILURE.test(code)) {
    return new AsyncWriteError("ERR_AW_TLS", `${attempt}: TLS failed: ${text}`, { cause });
  }
  if (code === "ETIMEDOUT") return AsyncWriteError.from(cause, attempt);
  const remedy = code === "ECONNREFUSED" ? "refused; is the server running?" : text;
  return new AsyncWriteError("ERR_AW_CONNECT", `${attempt}: ${remedy}`, { cause });
}
