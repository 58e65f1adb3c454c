import { gzip } from "@aw/compression";
import { buffered, copy, meter, type AsyncWrite, type ByteSource, type Layer } from "@aw/core";
import { connect } from "@aw/tcp";
import { Digest } from "./digest.ts";
import { encodeLine, parseAnswer, type Header, type Receipt } from "./protocol.ts";

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
  const counted = meter(socket);
  await counted.writeAll(encodeLine({ name, encoding }));

  const target: AsyncWrite = wire === undefined ? counted : wire(counted);
  const out = buffered(encoding === "gzip" ? gzip(target) : target);
  const digest = new Digest();
  await copy(passing(source, digest), out, { onProgress });
  await out.close(); // gzip trailer, then FIN: the server may answer now

  const received = parseAnswer(await new Response(socket.readable).text());
  return {
    sent: digest.receipt(),
    received,
    wireBytes: counted.bytes,
    milliseconds: performance.now() - start,
  };
}

/** The same chunks, counted and hashed on their way: what the client itself has read. */
async function* passing(source: ByteSource, digest: Digest): AsyncGenerator<Uint8Array | string> {
  for await (const chunk of source as AsyncIterable<Uint8Array | string>) {
    digest.update(chunk);
    yield chunk;
  }
}
