/**
 * A log server: takes gzip over TLS from many clients into one file, and acknowledges lines once they
 * are on the disk, many with one sync. `ship-logs.ts` is its client.
 *
 *     node receive-logs.ts all.log cert.pem key.pem 9443
 *
 * Only whole lines are written, so a client that is cut off leaves no half line. One that sends what is
 * no gzip, what expands without end, or a line of more than 64 KiB is cut off; the others go on.
 */
import { gunzip } from "@aw/compression";
import { lines, serve, unframed, type Connection } from "@aw/core";
import { open, type FileWriter } from "@aw/file";
import { listen, type ListenOptions, type TlsListener } from "@aw/tls";

export interface ReceiveOptions extends ListenOptions {
  onListening?: (listener: TlsListener) => void;
  onError?: (error: unknown) => void;
}

/** Resolves once the listener is closed, rejects if the file can't be written. */
export async function receiveLogs(path: string, options: ReceiveOptions): Promise<void> {
  const { onListening, onError = console.error, ...ofListener } = options;
  await using file = await open(path, { flags: "a", durability: "data" });
  await using listener = await listen({ ...ofListener, onRefused: onError });
  onListening?.(listener);
  await serve(listener, (client) => receive(client, file), {
    onError(error) {
      onError(error);
      if (file.state === "failed") listener.abort(error);
    },
  });
  await file.close();
}

async function receive(client: Connection, file: FileWriter): Promise<void> {
  const plain = gunzip(client.reader, { maxRatio: 1000 });
  let onDisk = 0;
  let waiting: string[] = [];
  let storing: Promise<void> | undefined;
  async function store(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = []; // what comes during the sync is the next batch
      await file.writeAll(batch.join(""));
      await file.flush();
      onDisk += batch.length;
      await client.writeAll(`${onDisk}\n`);
    }
    storing = undefined;
  }
  for await (const line of unframed(plain, lines({ maxLength: 64 * 1024 }))) {
    waiting.push(`${line}\n`);
    storing ??= store().catch((error: unknown) => client.abort(error));
    if (waiting.length >= 1000) await storing;
  }
  await storing;
  await client.close();
}

if (import.meta.main) {
  const { readFile } = await import("node:fs/promises");
  const [path = "all.log", cert = "cert.pem", key = "key.pem", port = "9443"] =
    process.argv.slice(2);
  await receiveLogs(path, {
    host: "::",
    port: Number(port),
    cert: await readFile(cert),
    key: await readFile(key),
    onListening: (listener) => console.log(`listening at ${listener}`),
  });
}
