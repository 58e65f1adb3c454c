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
import { lines, unframed } from "@aw/core";
import { listen, type ListenOptions, type TcpConnection, type TcpListener } from "@aw/tcp";

export interface ServeOptions extends Omit<ListenOptions, "signal"> {
  /** Begins the shutdown. */
  stop: AbortSignal;
  /** Milliseconds that clients have from then on. */
  deadline?: number;
  onListening?: (listener: TcpListener) => void;
}

/** Answers each line of each client. Resolves with how many clients failed, once all are gone. */
export async function serve(
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

  const clients: Promise<void>[] = [];
  for await (const client of listener) clients.push(converse(client));
  const outcomes = await Promise.allSettled(clients);
  await closing;
  return outcomes.filter(({ status }) => status === "rejected").length;

  async function converse(connection: TcpConnection): Promise<void> {
    await using client = connection;
    const asked = unframed(client.readable, lines({ maxLength: 4096 }));
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
  const failed = await serve(
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
