import type { IncomingMessage, Server } from "node:http";
import { AsyncWriteError, serve } from "@aw/core";
import { attach, type Verdict } from "@aw/websocket";
import type { Logger } from "pino";
import { parseEncoding } from "../ingest/decoding.ts";
import type { Arrival, Ingest } from "../ingest/ingest.ts";
import { checkUploadName } from "../ingest/upload-name.ts";
import type { Access } from "./access.ts";
import { answer } from "./answer.ts";
import { closeCodeOf } from "./close-code.ts";
import { logFailures } from "./log-failures.ts";
import { peerOf } from "./peer-of.ts";
import { servingOf, type Serving } from "./serving.ts";

export interface WebSocketOptions {
  access: Access;
  maxConnections?: number | undefined;
  /** "ws://127.0.0.1:8080". */
  origin: string;
  log: Logger;
}

/** The longest reference that the feed repeats. */
const MAX_REFERENCE = 64;

const PATH = /^\/uploads\/([^/]+)$/;

/**
 * `ws://host/uploads/NAME?encoding=br&token=...`: a connection is an upload. Needs the half-close of `@aw/websocket`
 * (`aw.half-close.v1`), because the line comes back after the end of the bytes.
 */
export function serveWebSocket(ingest: Ingest, server: Server, options: WebSocketOptions): Serving {
  const { access, maxConnections, origin, log } = options;
  const { onRefused, onError } = logFailures(log);
  const listener = attach<Arrival>(server, {
    maxConnections,
    heartbeat: {},
    authorize: (request) => access.refusalOf(request) ?? judge(request),
    onRefused,
  });
  const served = serve(
    listener,
    async (connection) => {
      const { accepted } = connection.request;
      try {
        await answer(connection, (reader) => ingest.receive(reader, accepted));
      } catch (thrown) {
        const error = AsyncWriteError.from(thrown);
        connection.drop(closeCodeOf(error), error.code); // an abort that says why
        throw error;
      }
    },
    { onError },
  );
  return servingOf("websocket", `${origin}/uploads/`, listener, served);
}

/** What the URL of an upgrade asks for, or why that can't be. */
function judge(request: IncomingMessage): Verdict<Arrival> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "ws://relay");
  const [, name] = PATH.exec(pathname) ?? [];
  if (name === undefined) return { status: 404, body: "uploads go to /uploads/NAME\n" };
  try {
    return {
      accept: {
        name: checkUploadName(decodeURIComponent(name)),
        encoding: parseEncoding(searchParams.get("encoding") ?? undefined),
        route: "websocket",
        peer: peerOf(request.socket),
        expectedBytes: countOf(searchParams.get("bytes")),
        reference: searchParams.get("reference")?.slice(0, MAX_REFERENCE),
      },
    };
  } catch (error) {
    return { status: 400, body: `${AsyncWriteError.from(error).message}\n` };
  }
}

/** What the sender says how much it will be; undefined if that is no count. */
function countOf(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
