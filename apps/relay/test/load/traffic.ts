import { createHash } from "node:crypto";
import { sendByTcp } from "../../src/compositions/tcp-file.ts";
import { sendByTcpGzip } from "../../src/compositions/tcp-gzip.ts";
import { sendByTlsOverWebSocket } from "../../src/compositions/tls-over-websocket.ts";
import { sendByTlsZstd } from "../../src/compositions/tls-zstd.ts";
import { sendRecordsByUnixSocket } from "../../src/compositions/unix-records.ts";
import { sendByWebSocketBrotli } from "../../src/compositions/websocket-brotli.ts";
import type { Receipt } from "../../src/live/snapshot.ts";
import type { RelayProcess } from "./relay-process.ts";

/** Thrown in the middle by clients that are to die there. */
export class Killed extends Error {}

/**
 * Sends one upload of about `bytes` over the route that its number falls to. Resolves with a receipt that is true: its bytes
 * and digest are those of what was sent.
 *
 * @param killAfter the client dies after so many lines: its connection is cut
 */
export async function send(
  relay: RelayProcess,
  number: number,
  bytes: number,
  killAfter = Infinity,
): Promise<Receipt> {
  const content = new Content(number, bytes, killAfter);
  const receipt = await sendBy(routeOf(number), relay, content);
  const { length, sha256 } = content.sent;
  if (receipt.bytes !== length || receipt.sha256 !== sha256) {
    throw new Error(`upload ${number}: ${JSON.stringify(receipt)} is not what was sent`);
  }
  return receipt;
}

const ROUTES = ["gzip", "zstd", "brotli", "tunnel", "records", "plain", "http"] as const;

/** Which route the upload of a number takes. */
export function routeOf(number: number): (typeof ROUTES)[number] {
  return ROUTES[number % ROUTES.length] as (typeof ROUTES)[number];
}

async function sendBy(
  route: ReturnType<typeof routeOf>,
  relay: RelayProcess,
  content: Content,
): Promise<Receipt> {
  const { tcp, tls, ca, websocket, records } = relay.places;
  const trust = { ca, servername: "localhost" };
  switch (route) {
    case "gzip":
      return await sendByTcpGzip(content.chunks(), tcp);
    case "zstd":
      return await sendByTlsZstd(content.chunks(), tls, trust);
    case "brotli":
      return await sendByWebSocketBrotli(content.chunks(), websocket, "load");
    case "tunnel":
      return await sendByTlsOverWebSocket(content.chunks(), websocket, trust);
    case "records":
      return await sendRecordsByUnixSocket(content.records(), records);
    case "plain":
      return await sendByTcp(content.chunks(), tcp);
    case "http": {
      const body = ReadableStream.from(content.chunks());
      // Else the client keeps the connection for some seconds.
      const headers = { Connection: "close" };
      const request = { method: "PUT", body, headers, duplex: "half" } as RequestInit;
      const response = await fetch(`${relay.http}/uploads/load`, request);
      if (response.status !== 201) throw new Error(`PUT: ${response.status}`);
      return (await response.json()) as Receipt;
    }
  }
}

/** Lines of JSON that no other number has, hashed on their way. */
class Content {
  readonly #hash = createHash("sha256");
  readonly #number: number;
  readonly #bytes: number;
  readonly #killAfter: number;
  #length = 0;

  constructor(number: number, bytes: number, killAfter: number) {
    this.#number = number;
    this.#bytes = bytes;
    this.#killAfter = killAfter;
  }

  get sent(): { length: number; sha256: string } {
    return { length: this.#length, sha256: this.#hash.digest("hex") };
  }

  async *records(): AsyncGenerator {
    for (let line = 0; this.#length < this.#bytes; line++) {
      if (line >= this.#killAfter) throw new Killed();
      const record = { upload: this.#number, line, text: "x".repeat((line * 7919) % 4000) };
      const encoded = `${JSON.stringify(record)}\n`;
      this.#hash.update(encoded);
      this.#length += encoded.length;
      yield record;
    }
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    for await (const record of this.records()) yield Buffer.from(`${JSON.stringify(record)}\n`);
  }
}
