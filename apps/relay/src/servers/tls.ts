import type { AddressInfo } from "node:net";
import { serve } from "@aw/core";
import { formatAddress } from "@aw/core/implementor";
import { listen } from "@aw/tls";
import type { Logger } from "pino";
import type { Ingest } from "../ingest/ingest.ts";
import { answer } from "./answer.ts";
import { logFailures } from "./log-failures.ts";
import { peerOf } from "./peer-of.ts";
import { servingOf, type ListenLimits, type Serving } from "./serving.ts";

/** A certificate with its key, and the authorities of those clients that may come; all in PEM. */
export interface TlsCredentials {
  cert: string;
  key: string;
  /** Where it is given, a client needs a certificate by one of these. */
  clientCa?: string | undefined;
}

export interface TlsOptions extends ListenLimits {
  host: string;
  port: number;
  credentials: TlsCredentials;
  log: Logger;
}

/** Like TCP, over TLS: an upload that is cut off never looks whole, because its close_notify is missing. */
export async function serveTls(ingest: Ingest, options: TlsOptions): Promise<Serving> {
  const { log, credentials, ...rest } = options;
  const { onRefused, onError } = logFailures(log);
  const listener = await listen({ ...rest, ...serverOptions(credentials), onRefused });
  const served = serve(
    listener,
    (connection) => {
      const arrival = { name: "tls", route: "tls", peer: peerOf(connection) } as const;
      return answer(connection, (reader) => ingest.receive(reader, arrival));
    },
    { onError },
  );
  const { address, port } = listener.address as AddressInfo;
  return servingOf("tls", `tls://${formatAddress(address, port)}`, listener, served);
}

/** What `@aw/tls` wants to know. */
export function serverOptions({ cert, key, clientCa }: TlsCredentials): {
  cert: string;
  key: string;
  ca?: string;
  requestCert?: boolean;
} {
  return clientCa === undefined ? { cert, key } : { cert, key, ca: clientCa, requestCert: true };
}
