/**
 * An upload over a WebSocket with a progress that is true: it counts what the connection took, and that is
 * never more than 1 MiB ahead of the network. Runs in browsers and on Node.
 *
 *     node upload-progress.ts ws://localhost:8080/upload video.mp4
 *
 * `ws.send(file)` takes all at once, into memory. Here the file is read as fast as it leaves, and `signal`
 * stops it in the middle: the server sees a cut, not an end.
 */
import { copy, progress } from "@aw/core";
import { connect } from "@aw/websocket";

export interface UploadOptions {
  onProgress?: (bytes: number, total: number) => void;
  signal?: AbortSignal;
}

/** Resolves with what the server answered after it had read to the end. */
export async function upload(
  url: string,
  file: Blob,
  options: UploadOptions = {},
): Promise<string> {
  const { onProgress = () => {}, signal } = options;
  await using socket = await connect(url, { halfClose: true, signal });
  const out = progress(socket, { onProgress: (bytes) => onProgress(bytes, file.size) });
  await copy(file.stream(), out, { signal });
  await out.close();
  return await socket.reader.text();
}

if (import.meta.main) {
  const { openAsBlob } = await import("node:fs");
  const [url = "", path = ""] = process.argv.slice(2);
  const onProgress = (bytes: number, total: number): void =>
    void process.stderr.write(`\r${((100 * bytes) / total).toFixed()} %`);
  console.log(await upload(url, await openAsBlob(path), { onProgress }));
}
