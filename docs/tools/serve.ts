/** Serves the built site on this machine. */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { extname, join, normalize } from "node:path";
import { DOCS } from "./pages.ts";

/** The built site. */
export const DIST: string = join(DOCS, ".vitepress/dist");

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

export interface Served extends AsyncDisposable {
  readonly origin: string;
}

/** Listens on a free port, until it is disposed of. */
export async function serve(): Promise<Served> {
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    origin: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function answer({ url = "/" }: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = normalize(decodeURIComponent(new URL(url, "http://site").pathname));
  const file = path.endsWith("/") ? `${path}index.html` : path;
  try {
    const body = await readFile(join(DIST, file));
    response.setHeader("content-type", TYPES[extname(file)] ?? "application/octet-stream");
    response.end(body);
  } catch {
    response.writeHead(404).end("no such page");
  }
}
