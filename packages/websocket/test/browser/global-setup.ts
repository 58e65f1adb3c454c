import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer, type WebSocket } from "ws";
import type { TestProject } from "vitest/node";
import { choose, parseProtocol } from "../../src/link/half-close.ts";

declare module "vitest" {
  export interface ProvidedContext {
    websocketPort: number;
    /** Whether WebSocketStreams are cut off as well, which crashes pages of Chromium 156. */
    cutStreams: boolean;
  }
}

/** What a destination has got, for a page that asks over HTTP. */
interface Session {
  ws: WebSocket;
  hash: ReturnType<typeof createHash>;
  chunks: Buffer[] | undefined;
  length: number;
  ended: boolean;
  changed: () => void;
}

/**
 * The server of the pages. `/collect?id=` takes bytes, `/hash?id=` only their hash, `/stall?id=` reads
 * nothing until told, `/echo` answers, `/text` sends a text message. Over HTTP `/got`, `/cut`,
 * `/resume` and `/hashed` look at a session; `/give` sends it the body, and `/end` ends it.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const sessions = new Map<string, Session>();
  const upgrader = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => choose(offered, ["chat"], true) ?? false,
  });
  const server = createServer((request, response) => void answer(request, response));
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.setHeader("Access-Control-Allow-Origin", "*");
    const { path, id, count } = parse(request);
    const session = sessions.get(id);
    if (session === undefined) {
      response.writeHead(404).end();
    } else if (path === "/cut") {
      session.ws.terminate();
      response.end();
    } else if (path === "/give") {
      session.ws.send(Buffer.concat(await request.toArray()), () => response.end());
    } else if (path === "/end") {
      const { halfClose } = parseProtocol(session.ws.protocol);
      if (halfClose) session.ws.send(Buffer.alloc(0));
      else session.ws.close(1000);
      response.end();
    } else if (path === "/resume") {
      session.ws.resume();
      response.end();
    } else {
      while (session.length < count && !session.ended) {
        await new Promise<void>((resolve) => {
          session.changed = resolve;
        });
      }
      if (path === "/got") response.end(Buffer.concat(session.chunks ?? []));
      else response.end(`${session.length} ${session.hash.copy().digest("hex")}`);
    }
  };
  server.on("upgrade", (request, socket, head) => {
    upgrader.handleUpgrade(request, socket, head, (ws) => {
      const { path, id } = parse(request);
      serve(ws, path, id, sessions);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  project.provide("websocketPort", (server.address() as AddressInfo).port);
  project.provide("cutStreams", process.env["AW_WEBSOCKET_STREAM"] === "1");
  return async () => {
    for (const ws of upgrader.clients) ws.terminate();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
}

function serve(ws: WebSocket, path: string, id: string, sessions: Map<string, Session>): void {
  ws.on("error", () => {});
  if (path === "/text") ws.send("text");
  if (path === "/code") ws.close(4321, "out of tea");
  if (path === "/flood") {
    for (let index = 0; index < 64; index++) ws.send(Buffer.alloc(64 * 1024, index));
    ws.close(1000);
  }
  if (path === "/echo") {
    ws.on("message", (data, binary) => ws.send(data, { binary }));
    return;
  }
  const session: Session = {
    ws,
    hash: createHash("sha256"),
    chunks: path === "/collect" ? [] : undefined,
    length: 0,
    ended: false,
    changed: () => {},
  };
  sessions.set(id, session);
  if (path === "/stall") ws.pause();
  ws.on("message", (data: Buffer) => {
    session.hash.update(data);
    session.chunks?.push(data);
    session.length += data.length;
    session.changed();
    // The end of a half-close is answered with one.
    if (data.length === 0) ws.send(Buffer.alloc(0));
  });
  ws.on("close", () => {
    session.ended = true;
    session.changed();
  });
}

function parse({ url = "/" }: IncomingMessage): { path: string; id: string; count: number } {
  const { pathname, searchParams } = new URL(url, "http://localhost");
  return {
    path: pathname,
    id: searchParams.get("id") ?? "",
    count: Number(searchParams.get("count") ?? 0),
  };
}
