import type { AddressInfo } from "node:net";
import { serve } from "@aw/core";
import { formatAddress } from "@aw/core/implementor";
import { listen } from "@aw/tcp";
import type { Logger } from "pino";
import type { Ingest } from "../ingest/ingest.ts";
import { answer } from "./answer.ts";
import { logFailures } from "./log-failures.ts";
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
  const { onRefused, onError } = logFailures(log);
  const listener = await listen({ ...rest, onRefused });
  const served = serve(
    listener,
    (connection) => {
      const arrival = { name: "tcp", route: "tcp", peer: peerOf(connection) } as const;
      return answer(connection, (reader) => ingest.receive(reader, arrival));
    },
    { onError },
  );
  const { address, port } = listener.address as AddressInfo;
  return servingOf("tcp", `tcp://${formatAddress(address, port)}`, listener, served);
}
