import { AsyncWriteError } from "@aw/core";
import type { Base } from "./base.ts";
import { HANDSHAKE_TIMEOUT } from "./options.ts";
import { tlsError } from "./tls-error.ts";

interface HandshakeOptions {
  handshakeTimeout?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Waits for a handshake that `start` begins. However it fails, by what is told to `reject`, by the end
 * of the stream below, by its deadline or its signal: nothing below stays open.
 */
export async function handshake<T>(
  base: Base,
  { handshakeTimeout = HANDSHAKE_TIMEOUT, signal }: HandshakeOptions,
  start: (resolve: (value: T) => void, reject: (error: unknown) => void) => void,
): Promise<T> {
  const attempt = `tls handshake with ${base.name}`;
  let timer: NodeJS.Timeout | undefined;
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const cut = (): AsyncWriteError => {
    const message = `${attempt}: the peer closed the connection before it was done`;
    return new AsyncWriteError("ERR_AW_TRUNCATED", message);
  };
  // TLS itself may have closed it: then its reason comes within this turn, and goes first.
  const onClose = (): void => void setImmediate(() => reject(cut()));
  const onAbort = (): void => {
    const message = `${attempt}: aborted by its signal`;
    reject(new AsyncWriteError("ERR_AW_ABORTED", message, { cause: signal?.reason }));
  };
  base.duplex.on("error", reject);
  base.duplex.on("end", onClose);
  base.duplex.on("close", onClose);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    if (signal?.aborted) onAbort();
    else start(resolve, reject);
    timer = setTimeout(() => {
      const message = `${attempt}: not done within ${handshakeTimeout} ms (handshakeTimeout)`;
      reject(new AsyncWriteError("ERR_AW_TIMEOUT", message));
    }, handshakeTimeout);
    return await promise;
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
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
    base.duplex.off("end", onClose);
    base.duplex.off("close", onClose);
    base.duplex.off("error", reject);
  }
}
