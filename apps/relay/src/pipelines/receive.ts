import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { Transform, type Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";

/** What has arrived. */
export interface Stored {
  bytes: number;
  sha256: string;
}

/** What the relay does with an upload, by Node's own streams: decoded, hashed, synced, and renamed at the end. */
export async function receive(
  from: Duplex,
  path: string,
  ...decoders: readonly Duplex[]
): Promise<Stored> {
  const hash = createHash("sha256");
  let bytes = 0;
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      hash.update(chunk);
      bytes += chunk.length;
      callback(null, chunk);
    },
  });
  const file = createWriteStream(`${path}.tmp`, { flush: true });
  await pipeline([from, ...decoders, hashing, file]);
  await rename(`${path}.tmp`, path);
  await using folder = await open(dirname(path));
  await folder.sync();
  return { bytes, sha256: hash.digest("hex") };
}
