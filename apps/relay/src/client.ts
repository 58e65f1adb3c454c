import { createHash } from "node:crypto";
import { gzip } from "@aw/compression";
import { buffered, copy, type AsyncWrite, type ByteSource, type Layer } from "@aw/core";
import { connect } from "@aw/tcp";
import { encodeLine, parseAnswer, type Header, type Receipt } from "./protocol.ts";
import { DigestWriter } from "./digest-writer.ts";

export interface UploadOptions extends Header {
  source: ByteSource;
  onProgress?: ((bytes: number) => void) | undefined;
  /** A layer right above the socket, for tests that damage what goes over the wire. */
  wire?: Layer | undefined;
}

export interface Upload {
  /** What the client read from its source. */
  sent: Receipt;
  /** What the server says that it has on its disk. */
  received: Receipt;
  /** Bytes that went into the socket, the header included. */
  wireBytes: number;
  milliseconds: number;
}

/** Sends one source to a server at `port`, and waits for its receipt. */
export async function upload(port: number, options: UploadOptions): Promise<Upload> {
  const { name, encoding, source, onProgress, wire } = options;
  const start = performance.now();
  await using socket = await connect({ host: "127.0.0.1", port });
  const counted = new DigestWriter(socket);
  await counted.writeAll(encodeLine({ name, encoding }));

  const target: AsyncWrite = wire === undefined ? counted : wire(counted);
  const out = buffered(encoding === "gzip" ? gzip(target) : target);
  const hash = createHash("sha256");
  const bytes = await copy(hashing(source, hash), out, { onProgress });
  await out.close(); // gzip trailer, then FIN: the server may answer now

  const received = parseAnswer(await new Response(socket.readable).text());
  return {
    sent: { bytes, sha256: hash.digest("hex") },
    received,
    wireBytes: counted.bytes,
    milliseconds: performance.now() - start,
  };
}

/** The same chunks, hashed on their way: what the client itself has read. */
async function* hashing(
  source: ByteSource,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array | string> {
  for await (const chunk of source as AsyncIterable<Uint8Array | string>) {
    hash.update(chunk);
    yield chunk;
  }
}
