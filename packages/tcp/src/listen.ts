import { createServer, type AddressInfo } from "node:net";
import { AsyncWriteError } from "@aw/core";
import { formatAddress } from "./address.ts";
import { TcpListener } from "./tcp-listener.ts";

export interface ListenOptions {
  /** The port; 0 for a free one. Default: 0. */
  port?: number | undefined;
  /** The address to listen on. Default: "127.0.0.1"; "::" for every address. */
  host?: string | undefined;
  /** Listens on a Unix-domain socket instead. */
  path?: string | undefined;
  /** How many connections the kernel keeps for us to accept. Default: 511. */
  backlog?: number | undefined;
  /** More connections than this at one time are refused with a reset. Default: no limit. */
  maxConnections?: number | undefined;
  /** Sends small segments at once (TCP_NODELAY). Default: true. */
  noDelay?: boolean | undefined;
  /** Aborts the listener when it fires. */
  signal?: AbortSignal | undefined;
}

/**
 * Listens, and resolves once it does.
 *
 * ```ts
 * await using listener = await listen({ port: 9000 });
 * for await (const connection of listener) void serve(connection);
 * ```
 *
 * Rejects with `ERR_AW_CONNECT` (address in use, no permission), `ERR_AW_ABORTED`, or
 * `ERR_AW_INVALID_ARGUMENT`; Node's error is the cause.
 */
export async function listen(options: ListenOptions = {}): Promise<TcpListener> {
  const { port = 0, host = "127.0.0.1", path, backlog = 511, maxConnections, signal } = options;
  const name = path === undefined ? `tcp ${formatAddress(host, port)}` : `unix ${path}`;
  if (signal?.aborted) {
    const message = `listen ${name}: aborted by its signal`;
    throw new AsyncWriteError("ERR_AW_ABORTED", message, { cause: signal.reason });
  }
  if (
    maxConnections !== undefined &&
    !(Number.isSafeInteger(maxConnections) && maxConnections > 0)
  ) {
    const message = `maxConnections must be a positive count, got ${maxConnections}`;
    throw new AsyncWriteError("ERR_AW_INVALID_ARGUMENT", message);
  }
  const server = createServer({
    allowHalfOpen: true,
    noDelay: options.noDelay ?? true,
  });
  await new Promise<void>((resolve, reject) => {
    const onError = (cause: NodeJS.ErrnoException): void => {
      const inUse = cause.code === "EADDRINUSE" ? "; is another server running there?" : "";
      const message = `listen ${name}: ${cause.message}${inUse}`;
      reject(new AsyncWriteError("ERR_AW_CONNECT", message, { cause }));
    };
    server.once("error", onError);
    try {
      server.listen(path === undefined ? { port, host, backlog } : { path, backlog }, () => {
        server.off("error", onError);
        resolve();
      });
    } catch (cause) {
      const message = `listen ${name}: ${(cause as Error).message}`;
      reject(new AsyncWriteError("ERR_AW_INVALID_ARGUMENT", message, { cause }));
    }
  });
  const listener = new TcpListener(
    server,
    path ?? (server.address() as AddressInfo),
    maxConnections,
  );
  signal?.addEventListener("abort", () => listener.abort(signal.reason), { once: true });
  return listener;
}
