/**
 * Takes compressed uploads of strangers over HTTP into a file: gzip, zlib or zstd, as their first bytes say.
 *
 *     node receive-upload.ts uploads/latest.log 8080
 *     gzip -c app.log | curl --data-binary @- localhost:8080
 *
 * The limits are for what comes out: a body of 100 KB that would become 100 MB is refused as soon as it
 * exceeds them (413), damage and a missing end are found (400), and the file that was there stays unless
 * all is well. What is unpacked is never in memory.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { decompress, type DecodeOptions } from "@aw/compression";
import { AsyncWriteError, copy } from "@aw/core";
import { open } from "@aw/file";

const STATUS: Partial<Record<string, number>> = {
  ERR_AW_CORRUPT: 400,
  ERR_AW_TRUNCATED: 400,
  ERR_AW_LIMIT: 413,
  ERR_AW_NO_SPACE: 507,
};

/** Answers one request. Resolves with the count of bytes in the file, rejects if it was refused. */
export async function receiveUpload(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  limits: DecodeOptions = { maxOutputBytes: 1 << 30, maxRatio: 200 },
): Promise<number> {
  try {
    await using file = await open(path, { atomic: true });
    // Else Node would close the connection when the copy ends early, and with it the answer.
    const body = request.iterator({ destroyOnReturn: false });
    const bytes = await copy(decompress(body, limits), file);
    await file.close();
    response.writeHead(201).end();
    return bytes;
  } catch (error) {
    const { code } = AsyncWriteError.from(error);
    response.writeHead(STATUS[code] ?? 500, { Connection: "close" }).end(`${code}\n`);
    throw error;
  }
}

if (import.meta.main) {
  const [path = "upload", port = "8080"] = process.argv.slice(2);
  createServer((request, response) => {
    receiveUpload(request, response, path).then(console.log, console.error);
  }).listen(Number(port));
}
