/**
 * Runs a command and keeps what it writes, compressed once, in a file and on a second machine.
 *
 *     socat -u TCP-LISTEN:9000 CREATE:db.sql.zst      # on the second machine
 *     node backup.ts db.sql.zst standby.example 9000 pg_dump mydb
 *
 * `pg_dump | zstd > db.sql.zst` has overwritten the last good backup when `pg_dump` fails. Here the new
 * file takes its place only after the command ended with status 0 and the second machine took every
 * byte. Else the old one stays, and the second machine gets a reset, and no end of the zstd frame.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { zstd } from "@aw/compression";
import { copy, inspect, keepOpen, tee } from "@aw/core";
import { open } from "@aw/file";
import { connect } from "@aw/tcp";

export interface BackupOptions {
  path: string;
  host: string;
  port: number;
  signal?: AbortSignal;
}

/** Resolves with the digest of the compressed bytes once both have them. */
export async function backup(command: string[], options: BackupOptions): Promise<string> {
  const { path, host, port, signal } = options;
  const hash = createHash("sha256");
  await using file = await open(path, { atomic: true });
  await using standby = await connect({ host, port }, { signal });
  const both = inspect(tee(keepOpen(file), standby), (bytes) => hash.update(bytes));
  await using out = zstd(both);

  const [program = "", ...args] = command;
  using child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"], signal });
  const [[status, killedBy]] = await Promise.all([
    once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>,
    copy(child.stdout, out, { signal }),
  ]);
  if (status !== 0) throw new Error(`${command.join(" ")} ended with ${status ?? killedBy}`);

  await out.close(); // the end of the frame, then FIN
  await standby.reader.readAll(); // ends when the second machine has read up to the FIN
  await file.close();
  return hash.digest("hex");
}

if (import.meta.main) {
  const [path = "", host = "", port = "", ...command] = process.argv.slice(2);
  console.log(await backup(command, { path, host, port: Number(port) }));
}
