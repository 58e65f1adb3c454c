import { once } from "node:events";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import {
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Running } from "@aw/testing";

/** What it is to do with a request, instead of answering it. */
export type Fault = (
  incoming: IncomingMessage,
  url: URL,
) => "cut" | "denied" | "error" | "wait" | undefined;

/** A certificate and its key, in PEM. */
interface TlsFiles {
  cert: string;
  key: string;
}

/** It wants a cipher of old for what continues a list. */
const S3RVER = join(import.meta.dirname, "s3rver-process.ts");

/**
 * s3rver, with what it lacks: AbortMultipartUpload. Notes requests, and answers some with a fault where a test asks for it.
 * s3rver knows keys, and checks no signature of version 4.
 */
export class S3Server {
  readonly #folder: string;
  readonly #s3rver: Running;
  readonly #port: number;
  readonly #server: Server;
  /** "PUT part", "POST complete", and so on, with the bytes of each body. */
  readonly requests: { what: string; bytes: number }[] = [];
  fault: Fault = () => undefined;

  readonly #scheme: "http" | "https";

  private constructor(folder: string, s3rver: Running, port: number, tls?: TlsFiles) {
    const answer = (incoming: IncomingMessage, response: ServerResponse): void =>
      void this.#answer(incoming, response);
    this.#folder = folder;
    this.#s3rver = s3rver;
    this.#port = port;
    this.#scheme = tls === undefined ? "http" : "https";
    this.#server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer);
  }

  /** With a bucket "uploads". @param tls over TLS, with this certificate */
  static async start(folder: string, tls?: TlsFiles): Promise<S3Server> {
    await mkdir(folder);
    const s3rver = new Running(process.execPath, ["--openssl-legacy-provider", S3RVER, folder]);
    const port = await s3rver.says(/listening: (\d+)/, "stdout");
    const server = new S3Server(folder, s3rver, Number(port), tls);
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  get endpoint(): string {
    return `${this.#scheme}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Ids of uploads in parts that are neither complete nor aborted. */
  async unfinished(): Promise<string[]> {
    const names = await readdir(join(this.#folder, "uploads"));
    const folder = names.find((name) => name.endsWith("_uploads"));
    return folder === undefined ? [] : await readdir(join(this.#folder, "uploads", folder));
  }

  /** The objects whose keys begin so, by the rest of their keys. */
  async objects(start: string): Promise<Map<string, Buffer>> {
    const folder = join(this.#folder, "uploads", start);
    const names = await readdir(folder).catch(() => []);
    const suffix = "._S3rver_object";
    const objects = names.filter((name) => name.endsWith(suffix));
    return new Map(
      await Promise.all(
        objects.map(async (name) => {
          const bytes = await readFile(join(folder, name));
          return [name.slice(0, -suffix.length), bytes] as const;
        }),
      ),
    );
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    this.#s3rver.child.kill("SIGKILL");
    await this.#s3rver.ended;
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? "/", this.endpoint);
    const bytes = Number(incoming.headers["content-length"] ?? 0);
    this.requests.push({ what: nameOf(incoming, url), bytes });
    const fault = this.fault(incoming, url);
    if (fault === "cut") incoming.socket.destroy();
    else if (fault === "denied") response.writeHead(403).end();
    else if (fault === "error") response.writeHead(503).end();
    else if (fault === undefined) {
      const uploadId = url.searchParams.get("uploadId");
      if (incoming.method !== "DELETE" || uploadId === null) this.#pass(incoming, response);
      else await this.#abort(uploadId, response);
    }
  }

  #pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method, url: path, headers } = incoming;
    const target = { host: "127.0.0.1", port: this.#port, method, path, headers };
    const passed = request(target, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    // Its client has gone, or s3rver was stopped: the other end is cut, too.
    passed.on("error", () => outgoing.destroy());
    outgoing.on("close", () => passed.destroy());
    incoming.pipe(passed);
  }

  async #abort(uploadId: string, response: ServerResponse): Promise<void> {
    const isKnown = (await this.unfinished()).includes(uploadId);
    await rm(join(this.#folder, "uploads", "._S3rver_uploads", uploadId), {
      recursive: true,
      force: true,
    });
    response.writeHead(isKnown ? 204 : 404).end();
  }
}

function nameOf({ method }: IncomingMessage, { searchParams }: URL): string {
  if (searchParams.has("partNumber")) return `${method} part`;
  if (searchParams.has("uploads")) return `${method} begin`;
  if (searchParams.has("uploadId")) return `${method} ${method === "POST" ? "complete" : "abort"}`;
  return `${method}`;
}
