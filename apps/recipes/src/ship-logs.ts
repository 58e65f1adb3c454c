/**
 * Ships log lines over gzip and TLS to a server that may go away: what it did not acknowledge is sent
 * again over the next connection. `receive-logs.ts` is that server.
 *
 *     tail -F app.log | node ship-logs.ts logs.example 9443
 *
 * While this process lives no line is lost; a line whose acknowledgement was lost arrives twice. With
 * `maxUnacknowledged` lines under way no more are read, so memory is bounded however long it takes.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { gzip } from "@aw/compression";
import { copy, lines, unframed } from "@aw/core";
import { connect, type ConnectOptions } from "@aw/tls";

export interface ShipOptions {
  host: string;
  port: number;
  tls?: ConnectOptions;
  maxUnacknowledged?: number;
  /** Milliseconds. */
  retryAfter?: number;
  onRetry?: (reason: unknown) => void;
  signal?: AbortSignal;
}

/** Resolves once the server has acknowledged every line. */
export async function shipLogs(source: AsyncIterable<string>, options: ShipOptions): Promise<void> {
  const { host, port, tls, maxUnacknowledged = 10_000, retryAfter = 1000, onRetry } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]);
  const kept: string[] = []; // not acknowledged yet, the oldest first
  let acknowledged = 0;
  let ended = false;
  let change = Promise.withResolvers<void>();
  const changed = (): void => {
    change.resolve();
    change = Promise.withResolvers();
  };

  async function read(): Promise<void> {
    for await (const line of source) {
      kept.push(`${line}\n`);
      changed();
      while (kept.length >= maxUnacknowledged) await change.promise;
    }
    ended = true;
    changed();
  }

  async function* unsent(): AsyncGenerator<string> {
    for (let next = acknowledged; ; next++) {
      while (next === acknowledged + kept.length) {
        if (ended) return;
        await change.promise;
      }
      yield kept[next - acknowledged] as string;
    }
  }

  async function shipOverOneConnection(): Promise<void> {
    await using socket = await connect({ host, port }, { keepAlive: 30_000, ...tls, signal });
    const before = acknowledged;
    const out = gzip(socket);
    const sent = copy(unsent(), out, { signal }).then(() => out.close());
    sent.catch((error: unknown) => socket.abort(error)); // ends the loop below, too
    for await (const count of unframed(socket.reader, lines())) {
      kept.splice(0, before + Number(count) - acknowledged);
      acknowledged = before + Number(count);
      changed();
    }
    if (!ended || kept.length > 0) throw new Error("the server ended the connection");
    await sent;
  }

  async function ship(): Promise<void> {
    while (!ended || kept.length > 0) {
      try {
        await shipOverOneConnection();
      } catch (error) {
        signal.throwIfAborted();
        onRetry?.(error);
        // It rejects for the signal alone, and with an error of its own instead of the reason.
        await sleep(retryAfter, undefined, { signal }).catch(() => signal.throwIfAborted());
      }
    }
  }

  await Promise.all([read(), ship()]).finally(() => stop.abort());
}

if (import.meta.main) {
  const { createInterface } = await import("node:readline");
  const [host = "localhost", port = "9443"] = process.argv.slice(2);
  const stdin = createInterface({ input: process.stdin });
  await shipLogs(stdin, { host, port: Number(port), onRetry: console.error });
}
