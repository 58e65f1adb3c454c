import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Layer } from "@aw/core";
import { listen } from "@aw/tcp";
import { upload } from "./client.ts";
import type { Input } from "./inputs.ts";
import type { Header } from "./protocol.ts";
import type { Row } from "./report.ts";
import { serve } from "./server.ts";

const ENCODINGS: readonly Header["encoding"][] = ["identity", "gzip"];

export interface RunOptions {
  /** Where the server puts its files. */
  folder: string;
  inputs: readonly Input[];
  /** The port of the server; 0 for a free one. */
  port?: number | undefined;
  /** A layer right above the socket, for tests that damage what goes over the wire. */
  wire?: Layer | undefined;
  /** Called before each transfer; what it returns is called with the bytes sent so far, then at the end. */
  onTransfer?: ((route: string, total: number) => TransferProgress) | undefined;
}

interface TransferProgress {
  update(bytes: number): void;
  stop(): void;
}

/** Starts a server, sends every input over every route, and checks each three ways. */
export async function run(options: RunOptions): Promise<Row[]> {
  const { folder, inputs, port = 0, wire, onTransfer } = options;
  await using listener = await listen({ port });
  const serving = serve(listener, folder);
  const rows: Row[] = [];
  for (const input of inputs) {
    for (const encoding of ENCODINGS) {
      const route = `${input.name}, ${encoding === "gzip" ? "buffered > gzip > tcp" : "buffered > tcp"}`;
      const progress = onTransfer?.(route, input.bytes);
      const name = `${input.name}.${encoding}`;
      const source = input.open();
      const address = listener.address as AddressInfo;
      try {
        const { sent, received, wireBytes, milliseconds } = await upload(address.port, {
          name,
          encoding,
          source,
          wire,
          onProgress: (bytes) => progress?.update(bytes),
        });
        const onDisk = await digestOf(join(folder, name));
        const verified =
          sent.bytes === received.bytes &&
          sent.sha256 === received.sha256 &&
          sent.sha256 === onDisk;
        rows.push({ route, bytes: sent.bytes, wireBytes, milliseconds, verified });
      } finally {
        progress?.stop();
      }
    }
  }
  await listener.close();
  await serving;
  return rows;
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
