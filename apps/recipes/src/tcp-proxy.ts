/**
 * A TCP proxy that keeps half-closed connections alive and ends dead ones.
 *
 *     node tcp-proxy.ts 8000 db.example 5432
 *
 * The end of what one side sends becomes the end of that direction only: the other side can still answer.
 * A failure of one side becomes a reset of the other, never a clean end. What waits between a fast side
 * and a slow one is bounded.
 */
import { copyBidirectional, serve, type BytesCopied, type Connection } from "@aw/core";
import { connect, listen, type ConnectTarget, type TcpListener } from "@aw/tcp";

export interface ProxyOptions {
  host?: string;
  port?: number;
  target: ConnectTarget;
  /** Milliseconds to reach the target. */
  connectTimeout?: number;
  /** Milliseconds without a byte either way. */
  idleTimeout?: number;
  /** Milliseconds that one direction may go on after the other has ended. */
  halfCloseTimeout?: number;
  signal?: AbortSignal;
  onListening?: (listener: TcpListener) => void;
  onEnd?: (bytes: BytesCopied) => void;
  onError?: (error: unknown) => void;
}

/** Resolves once the listener is closed or the signal fires. */
export async function proxy(options: ProxyOptions): Promise<void> {
  const {
    target,
    connectTimeout = 5000,
    idleTimeout = 300_000,
    halfCloseTimeout = 60_000,
  } = options;
  const { signal, onListening, onEnd, onError = console.error } = options;
  const { host, port } = options;
  await using listener = await listen({ host, port, idleTimeout, signal, onRefused: onError });
  onListening?.(listener);
  await serve(listener, forward, { onError });

  async function forward(client: Connection): Promise<void> {
    await using server = await connect(target, { timeout: connectTimeout, idleTimeout, signal });
    onEnd?.(await copyBidirectional(client, server, { halfCloseTimeout }));
  }
}

if (import.meta.main) {
  const [port = "8000", host = "localhost", targetPort = "80"] = process.argv.slice(2);
  await proxy({ host: "::", port: Number(port), target: { host, port: Number(targetPort) } });
}
