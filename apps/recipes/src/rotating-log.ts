/**
 * A pino log that begins a new file when one is full, and compresses old ones with zstd in the background.
 *
 *     node rotating-log.ts app.log
 *     zstd -dc app.log.1.zst
 *
 * Every line is in the files when the process ends, also by `process.exit()` or an uncaught exception:
 * what is still gathered is written then. A full disk is thrown by `log.info()`. What a SIGKILL leaves
 * half done, the next start finishes.
 */
import { zstd } from "@aw/compression";
import { logDestination, rotating, type RotatingOptions } from "@aw/file";
import { pino, type Logger } from "pino";

/** A logger into `path`, `path.1.zst`, `path.2.zst`, ... */
export async function rotatingLog(path: string, options: RotatingOptions = {}): Promise<Logger> {
  const file = await rotating(path, {
    maxBytes: 50_000_000,
    keep: 7,
    io: "sync", // the fastest for logs: many lines, one system call
    compress: { extension: ".zst", layer: (inner) => zstd(inner, { level: 6 }) },
    ...options,
  });
  return pino(logDestination(file));
}

if (import.meta.main) {
  const [path = "app.log", count = "100000", maxBytes = "1000000"] = process.argv.slice(2);
  const log = await rotatingLog(path, { maxBytes: Number(maxBytes), keep: 1000 });
  for (let index = 0; index < Number(count); index++) log.info({ index }, "something happened");
  process.exit(); // nothing is lost
}
