import { AsyncWriteError } from "@aw/core";
import { Deadline } from "@aw/core/implementor";
import { channels } from "@aw/node";
import type { Base } from "./base.ts";
import { HANDSHAKE_TIMEOUT } from "./options.ts";
import type { TlsConnection } from "./tls-connection.ts";
import { tlsError } from "./tls-error.ts";

export interface HandshakeOptions {
  handshakeTimeout?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Waits for a handshake that `start` begins. However it fails, by what `reject` is called with, by the end
 * of the stream below, by its deadline or its signal: nothing below stays open.
 */
export async function handshake(
  base: Base,
  { handshakeTimeout: ms = HANDSHAKE_TIMEOUT, signal }: HandshakeOptions,
  start: (resolve: (value: TlsConnection) => void, reject: (error: unknown) => void) => void,
): Promise<TlsConnection> {
  const attempt = `tls handshake with ${base.name}`;
  const begun = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<TlsConnection>();
  const cut = (): AsyncWriteError => {
    const message = `${attempt}: the peer closed the connection before it was done`;
    return new AsyncWriteError("ERR_AW_TRUNCATED", message);
  };
  // TLS itself may have closed it: then its reason comes within this turn, and goes first.
  const onClose = (): void => void setImmediate(() => reject(cut()));
  base.duplex.on("error", reject).on("end", onClose).on("close", onClose);
  const late = `not done within ${ms} ms (handshakeTimeout)`;
  const deadline = new Deadline({ attempt, ms, signal, late }, reject);
  try {
    if (signal?.aborted !== true) start(resolve, reject);
    const connection = await promise;
    if (channels.handshake.hasSubscribers) {
      const duration = performance.now() - begun;
      channels.handshake.publish({ connection, name: connection.toString(), duration });
    }
    return connection;
  } catch (error) {
    let failure = AsyncWriteError.from(tlsError(error, attempt), attempt);
    // Node calls an orderly end a reset here.
    if (failure.code === "ERR_AW_CONNECTION_RESET" && base.ended) failure = cut();
    // What was sent, such as an alert, may still reach the peer; an abort drops it.
    base.duplex.on("error", () => {});
    if (failure.code === "ERR_AW_TLS") base.duplex.destroy();
    else base.abort(failure);
    throw failure;
  } finally {
    deadline.clear();
    base.duplex.off("end", onClose).off("close", onClose).off("error", reject);
  }
}
