import type { AddressInfo } from "node:net";
import { formatAddress } from "@aw/core/implementor";
import { listen } from "@aw/tcp";
import type { Logger } from "pino";
import type { Ingest } from "../ingest/ingest.ts";
import { acceptLoop } from "./accept-loop.ts";
import { answer } from "./answer.ts";
import { peerOf } from "./peer-of.ts";
import { servingOf, type ListenLimits, type Serving } from "./serving.ts";

export interface TcpOptions extends ListenLimits {
  host: string;
  port: number;
  log: Logger;
}

/** A connection is an upload: bytes up to the FIN, then a line comes back. */
export async function serveTcp(ingest: Ingest, options: TcpOptions): Promise<Serving> {
  const { log, ...rest } = options;
  const onRefused = (error: unknown): void => log.warn({ err: error }, "connection refused");
  const listener = await listen({ ...rest, onRefused });
  const { address, port } = listener.address as AddressInfo;
  const loop = acceptLoop(
    listener,
    (connection) => {
      const arrival = { name: "tcp", route: "tcp", peer: peerOf(connection) } as const;
      return answer(connection, (reader) => ingest.receive(reader, arrival));
    },
    log,
  );
  return servingOf("tcp", `tcp://${formatAddress(address, port)}`, listener, loop);
}
