import { serve } from "@aw/core";
import { listen } from "@aw/tcp";
import type { Logger } from "pino";
import type { Ingest } from "../ingest/ingest.ts";
import { answer } from "./answer.ts";
import { logFailures } from "./log-failures.ts";
import { removeStaleSocket } from "./remove-stale-socket.ts";
import { servingOf, type ListenLimits, type Serving } from "./serving.ts";

export interface UnixOptions extends ListenLimits {
  /** Of the socket. The permissions of its folder decide who may connect. */
  path: string;
  /** "bytes": whatever comes. "records": lines of JSON, each of which is checked. */
  content: "bytes" | "records";
  log: Logger;
}

/** For programs of the same machine: a connection is an upload, of bytes or of records. */
export async function serveUnix(ingest: Ingest, options: UnixOptions): Promise<Serving> {
  const { log, content, ...rest } = options;
  const { onRefused, onError } = logFailures(log);
  await removeStaleSocket(options.path);
  const listener = await listen({ ...rest, onRefused });
  const served = serve(
    listener,
    (connection) =>
      answer(connection, (reader) =>
        content === "bytes"
          ? ingest.receive(reader, { name: "unix", route: "unix", peer: "local" })
          : ingest.receiveRecords(reader, { name: "records", route: "records", peer: "local" }),
      ),
    { onError },
  );
  const route = content === "bytes" ? "unix" : "records";
  return servingOf(route, `unix:${options.path}`, listener, served);
}
