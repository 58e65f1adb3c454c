import type { Readable } from "node:stream";

/**
 * Reads a stream to its end by its events. Iterating it, and `toArray`, destroy a Duplex at the end of its readable side on
 * Node 22, and with it the other direction.
 */
export function readToEnd(stream: Readable): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.once("end", () => resolve(Buffer.concat(chunks)));
    stream.once("error", reject);
    stream.once("close", () => reject(new Error("the stream was closed before its end")));
    // It may have been paused.
    stream.resume();
  });
}
