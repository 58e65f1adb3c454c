import { listen } from "@aw/tcp";
import type { Logger } from "pino";
import type { Ingest } from "../ingest/ingest.ts";
import { acceptLoop } from "./accept-loop.ts";
import { answer } from "./answer.ts";
import { servingOf, type ListenLimits, type Serving } from "./serving.ts";

export interface UnixOptions extends ListenLimits {
  /** Of the socket. Who may connect, the folder that it is in decides. */
  path: string;
  /** "bytes": whatever comes. "records": lines of JSON, each of which is checked. */
  content: "bytes" | "records";
  log: Logger;
}

/** For programs of the same machine: a connection is an upload, of bytes or of records. */
export async function serveUnix(ingest: Ingest, options: UnixOptions): Promise<Serving> {
  const { log, content, ...rest } = options;
  const onRefused = (error: unknown): void => log.warn({ err: error }, "connection refused");
  const listener = await listen({ ...rest, onRefused });
  const loop = acceptLoop(
    listener,
    (connection) =>
      answer(connection, (reader) =>
        content === "bytes"
          ? ingest.receive(reader, { name: "unix", route: "unix", peer: "local" })
          : ingest.receiveRecords(reader, { name: "records", route: "records", peer: "local" }),
      ),
    log,
  );
  const route = content === "bytes" ? "unix" : "records";
  return servingOf(route, `unix:${options.path}`, listener, loop);
}
