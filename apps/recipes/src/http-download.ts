/**
 * Downloads a file that is compressed on the server, and keeps it unpacked: gzip, zlib or zstd, as its first
 * bytes say.
 *
 *     node http-download.ts https://example.com/dump.sql.gz dump.sql
 *
 * `curl | gunzip > dump.sql` leaves half a file when the connection is cut. Here the file that was there
 * stays unless all has come: a cut, damage, a server that stalls for 30 seconds, and more than is allowed
 * are errors. The progress counts what came over the network, and nothing is in memory but what is on its way.
 */
import { decompress } from "@aw/compression";
import { copy, progress, timeout } from "@aw/core";
import { open } from "@aw/file";

export interface DownloadOptions {
  /** Called with the bytes that came, and how many there will be if the server says so. */
  onProgress?: (bytes: number, total: number | undefined) => void;
  /** The max bytes of the unpacked file. */
  maxBytes?: number;
  /** Milliseconds without a byte. */
  patience?: number;
  signal?: AbortSignal;
}

/** Resolves with the count of bytes in the file once that has taken its place. */
export async function download(
  url: string,
  path: string,
  options: DownloadOptions = {},
): Promise<number> {
  const { onProgress = () => {}, maxBytes = 10e9, patience = 30_000, signal } = options;
  const response = await fetch(url, {
    signal: signal ?? null,
    headers: { "Accept-Encoding": "identity" },
  });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new Error(`${url}: the server answered ${response.status}`);
  }
  const length = response.headers.get("content-length");
  const total = length === null ? undefined : Number(length);
  const packed = progress(timeout(response.body, { read: patience }), { total, onProgress });
  await using file = await open(path, { atomic: true });
  await using content = decompress(packed, { maxOutputBytes: maxBytes });
  const bytes = await copy(content, file, { signal });
  await file.close();
  return bytes;
}

if (import.meta.main) {
  const [url = "", path = ""] = process.argv.slice(2);
  const onProgress = (bytes: number, total?: number): void =>
    void process.stderr.write(
      `\r${(bytes / 1e6).toFixed(1)} of ${((total ?? NaN) / 1e6).toFixed(1)} MB`,
    );
  console.log(`\n${await download(url, path, { onProgress })} bytes`);
}
