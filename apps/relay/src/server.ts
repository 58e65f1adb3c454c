import { join } from "node:path";
import { gunzip } from "@aw/compression";
import { AsyncWriteError, buffered, copy, inspect, type Connection } from "@aw/core";
import { open } from "@aw/file";
import type { TcpListener } from "@aw/tcp";
import { Digest } from "./digest.ts";
import { encodeLine, parseHeader, type Receipt } from "./protocol.ts";
import { readHeader } from "./read-header.ts";

/** Takes uploads into `folder` until the listener is closed. */
export async function serve(listener: TcpListener, folder: string): Promise<void> {
  const uploads = new Set<Promise<void>>();
  for await (const connection of listener) {
    const upload = answer(connection, folder).finally(() => uploads.delete(upload));
    uploads.add(upload);
  }
  await Promise.all(uploads);
}

/** One connection, to its end. Whatever the client sends or does, the server goes on. */
async function answer(connection: Connection, folder: string): Promise<void> {
  await using client = connection;
  let line;
  try {
    line = encodeLine(await receive(client, folder));
  } catch (error) {
    const { code, message } = AsyncWriteError.from(error);
    line = encodeLine({ error: code, message });
  }
  try {
    await client.writeAll(line);
    await client.close();
  } catch {
    // The client is gone, so there is nobody left to tell.
  }
}

/** Receives one upload. Resolves once it is on the disk. */
async function receive(client: Connection, folder: string): Promise<Receipt> {
  const { line, body } = await readHeader(client.readable);
  const { name, encoding } = parseHeader(line);
  const digest = new Digest();
  const file = inspect(await open(join(folder, name), { durability: "data" }), (bytes) =>
    digest.update(bytes),
  );
  await using out = encoding === "gzip" ? gunzip(file) : buffered(file);
  await copy(body, out);
  await out.close();
  return digest.receipt();
}
