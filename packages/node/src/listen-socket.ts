import { createServer, type Server } from "node:net";
import { AsyncWriteError } from "@aw/core";
import { checkCount, checkSignal, checkType, invalidArgument } from "./check-options.ts";
import { formatAddress } from "./socket-address.ts";
import { checkSocketOptions, nodeSocketOptions, type SocketOptions } from "./socket-options.ts";

/** Options for connections are those of the connections that are accepted. */
export interface ListenOptions extends SocketOptions {
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
  /**
   * Told of each connection that came and was not accepted: too many are open (`ERR_AW_LIMIT`), or its
   * handshake failed (`ERR_AW_TLS`, ...). The listener goes on. Connections that come while no descriptor
   * is free are cut off by libuv, which tells nobody.
   */
  onRefused?: ((error: AsyncWriteError) => void) | undefined;
  /** Aborts the listener when it fires. */
  signal?: AbortSignal | undefined;
}

/**
 * Listens with a Node server for a transport, and resolves once it does.
 *
 * Rejects with `ERR_AW_CONNECT` (address in use, no permission), `ERR_AW_ABORTED`, or
 * `ERR_AW_INVALID_ARGUMENT`; Node's error is the cause.
 *
 * @param transport what the messages call it: "tcp", "tls"
 */
export async function listenSocket(transport: string, options: ListenOptions): Promise<Server> {
  const { port = 0, host = "127.0.0.1", path, backlog = 511, signal } = options;
  checkType("host", host, "string");
  checkType("path", path, "string");
  checkCount("backlog", backlog);
  checkCount("maxConnections", options.maxConnections);
  checkType("onRefused", options.onRefused, "function");
  checkSignal(signal);
  checkSocketOptions(options);
  const where = path === undefined ? formatAddress(host, port) : `unix ${path}`;
  const name = `listen ${transport} ${where}`;
  const aborted = (): AsyncWriteError =>
    new AsyncWriteError("ERR_AW_ABORTED", `${name}: aborted by its signal`, {
      cause: signal?.reason,
    });
  if (signal?.aborted) throw aborted();
  const server = createServer({ allowHalfOpen: true, ...nodeSocketOptions(options) });
  await new Promise<void>((resolve, reject) => {
    const onError = (cause: NodeJS.ErrnoException): void => {
      const inUse = cause.code === "EADDRINUSE" ? "; is another server running there?" : "";
      reject(new AsyncWriteError("ERR_AW_CONNECT", `${name}: ${cause.message}${inUse}`, { cause }));
    };
    server.once("error", onError);
    try {
      server.listen(path === undefined ? { port, host, backlog } : { path, backlog }, () => {
        server.off("error", onError);
        resolve();
      });
    } catch (cause) {
      reject(invalidArgument(`${name}: ${(cause as Error).message}`, cause));
    }
  });
  if (signal?.aborted) {
    server.close();
    throw aborted();
  }
  return server;
}
