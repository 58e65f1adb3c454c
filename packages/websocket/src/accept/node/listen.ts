import { createServer } from "node:http";
import { AsyncWriteError } from "@aw/core";
import { attach, type AttachOptions } from "./attach.ts";
import type { WebSocketListener } from "./websocket-listener.ts";

export interface ListenOptions extends AttachOptions {
  /** The port; 0 for a free one. Default: 0. */
  port?: number | undefined;
  /** The address to listen on. Default: "127.0.0.1"; "::" for every address. */
  host?: string | undefined;
  /** How many connections the kernel keeps for us to accept. Default: 511. */
  backlog?: number | undefined;
  /** Aborts the listener when it fires. */
  signal?: AbortSignal | undefined;
}

/**
 * Listens with an HTTP server of its own, and resolves once it does. What is no upgrade gets 426.
 *
 * Rejects with `ERR_AW_CONNECT` (address in use, no permission), `ERR_AW_ABORTED`, or
 * `ERR_AW_INVALID_ARGUMENT`; Node's error is the cause.
 */
export async function listen(options: ListenOptions = {}): Promise<WebSocketListener> {
  const { port = 0, host = "127.0.0.1", backlog = 511, signal } = options;
  const name = `websocket ${host}:${port}`;
  if (signal?.aborted) throw aborted(name, signal);
  const server = createServer((_request, response) => {
    response.writeHead(426, { Connection: "close", Upgrade: "websocket" });
    response.end("This is a WebSocket server.");
  });
  const attached = attach(server, options);
  await new Promise<void>((resolve, reject) => {
    const onError = (cause: Error): void => {
      reject(new AsyncWriteError("ERR_AW_CONNECT", `listen ${name}: ${cause.message}`, { cause }));
    };
    server.once("error", onError);
    try {
      server.listen({ port, host, backlog }, () => {
        server.off("error", onError);
        // Accepting goes on after a failure such as EMFILE.
        server.on("error", () => {});
        resolve();
      });
    } catch (cause) {
      const message = `listen ${name}: ${(cause as Error).message}`;
      reject(new AsyncWriteError("ERR_AW_INVALID_ARGUMENT", message, { cause }));
    }
  });
  attached.onStop(() => {
    server.close();
    server.closeIdleConnections();
  });
  const onAbort = (): void => attached.abort(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  attached.onStop(() => signal?.removeEventListener("abort", onAbort));
  if (signal?.aborted) {
    onAbort();
    throw aborted(name, signal);
  }
  return attached;
}

function aborted(name: string, signal: AbortSignal): AsyncWriteError {
  const message = `listen ${name}: aborted by its signal`;
  return new AsyncWriteError("ERR_AW_ABORTED", message, { cause: signal.reason });
}
