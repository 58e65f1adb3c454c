/**
 * `npm start -- logs all.log`: a log server. Takes lines over TLS, gzip, from many clients into one log of rotating zstd files,
 * and acknowledges them once they are on the disk, many with one sync: each answer is a line with the count so far.
 * `apps/recipes/src/ship-logs.ts` is its client.
 *
 * Only whole lines are written, so a client that is cut off leaves no half line. One that sends what is no gzip, what expands
 * without end, or a line of more than 64 KiB is cut off; the others go on. While the disk is full, clients wait; lines that
 * were lost are not acknowledged, and come again.
 */
import { gunzip, zstd } from "@aw/compression";
import { lines, serve, unframed, type Connection } from "@aw/core";
import { rotating, type FileWriter } from "@aw/file";
import { listen } from "@aw/tls";
import { certificateOf } from "../certificate.ts";
import type { Signals } from "../command/signals.ts";
import { countOf, parseModeArgs, portOf } from "../command/mode-args.ts";

/** How long clients have when the server is stopped, in milliseconds. */
const STOP_WITHIN = 5000;

/** When a new file begins, in bytes. */
const MAX_BYTES = { otherwise: 50_000_000, min: 1000, max: 2 ** 40 };

/** How many lines of one client may wait for the disk. */
const MAX_WAITING = 1000;

export async function logs(args: readonly string[], signals: Signals): Promise<void> {
  const { positionals, values } = parseModeArgs(args, ["port", "host", "cert", "key", "max-bytes"]);
  const [path = "all.log"] = positionals;
  const { cert, key } = await certificateOf(values["cert"], values["key"]);
  let linesLost = 0;
  await using log = await rotating(path, {
    maxBytes: countOf("max-bytes", values["max-bytes"], MAX_BYTES),
    keep: 20,
    durability: "data",
    compress: { extension: ".zst", layer: (inner) => zstd(inner) },
    onError(error, lost) {
      linesLost += lost;
      console.error(`${error.message}${lost === 0 ? "" : ` (${lost} lines lost)`}`);
    },
  });
  await using listener = await listen({
    host: values["host"] ?? "127.0.0.1",
    port: portOf(values["port"]),
    cert,
    key,
    idleTimeout: 600_000,
    onRefused: (error) => console.error(error.message),
  });
  signals.abort.addEventListener("abort", () => listener.abort());
  const served = serve(listener, (client) => receive(client, log, () => linesLost), {
    onError: (error, client) => console.error(`${client}: ${(error as Error).message}`),
  });
  console.log(`listening: ${listener}\n${cert}`);
  await signals.stopped();
  await listener.close({ deadline: STOP_WITHIN });
  await served;
  await log.close(); // waits for the compression of old files, too
}

/** One client, up to its end. @param linesLost how many the log has lost so far, of whomever */
async function receive(
  client: Connection,
  log: FileWriter,
  linesLost: () => number,
): Promise<void> {
  const plain = gunzip(client.reader, { maxRatio: 1000 });
  let onDisk = 0;
  let waiting: string[] = [];
  let storing: Promise<void> | undefined;
  async function store(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = []; // what comes during the sync is the next batch
      const lostBefore = linesLost();
      await log.writeAll(batch.join(""));
      await log.flush();
      if (linesLost() !== lostBefore) throw new Error("lines were lost; send them again");
      onDisk += batch.length;
      await client.writeAll(`${onDisk}\n`);
    }
    storing = undefined;
  }
  for await (const line of unframed(plain, lines({ maxLength: 64 * 1024 }))) {
    waiting.push(`${line}\n`);
    storing ??= store().catch((error: unknown) => client.abort(error));
    if (waiting.length >= MAX_WAITING) await storing;
  }
  await storing;
}
