/**
 * A server that ends well on SIGTERM: what was asked is answered, idle clients see an orderly end at once,
 * and whoever does not finish by the deadline is reset.
 *
 *     node graceful-shutdown.ts 7000
 *     nc localhost 7000        # type lines; then send SIGTERM to the server
 *
 * `server.close()` of Node waits for idle clients without a limit; ending the process resets those who are served.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { lines, serve, unframed } from "@aw/core";
import { listen, type ListenOptions, type TcpConnection, type TcpListener } from "@aw/tcp";

export interface ServeOptions extends Omit<ListenOptions, "signal"> {
  /** Begins the shutdown. */
  stop: AbortSignal;
  /** Milliseconds that clients have from then on. */
  deadline?: number;
  onListening?: (listener: TcpListener) => void;
}

/** Answers each line of each client. Resolves with how many clients failed, once all are gone. */
export async function serveLines(
  answer: (line: string) => string | Promise<string>,
  options: ServeOptions,
): Promise<number> {
  const { stop, deadline = 10_000, onListening, ...rest } = options;
  const stopped = Promise.withResolvers<{ done: true }>();
  await using listener = await listen(rest);
  let closing: Promise<void> | undefined;
  stop.addEventListener("abort", () => {
    stopped.resolve({ done: true });
    closing = listener.close({ deadline }); // ends the loop below
  });
  onListening?.(listener);

  const { failed } = await serve(listener, converse, { onError() {} });
  await closing;
  return failed;

  async function converse(client: TcpConnection): Promise<void> {
    const asked = unframed(client.reader, lines({ maxLength: 4096 }));
    let next = asked.next();
    for (;;) {
      const line = await Promise.race([stopped.promise, next]);
      if (line.done) break;
      await client.writeAll(`${await answer(line.value)}\n`);
      next = asked.next();
    }
    await client.close();
    // Ending with something unread would reset the connection, and the last answer might be lost.
    while (!(await next).done) next = asked.next();
  }
}

if (import.meta.main) {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => stop.abort());
  const failed = await serveLines(
    async (line) => {
      await sleep(1000);
      return line.toUpperCase();
    },
    {
      port: Number(process.argv[2] ?? 7000),
      stop: stop.signal,
      onListening: (listener) => console.log(`listening at ${listener}`),
    },
  );
  console.log(failed === 0 ? "every client was served" : `${failed} clients were cut off`);
}
