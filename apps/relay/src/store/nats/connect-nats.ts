import { AsyncWriteError } from "@aw/core";
import type { NatsConnection, NodeConnectionOptions } from "@nats-io/transport-node";
import { readUpstream } from "../../config/read-upstream.ts";
import type { Config } from "../../config/schema.ts";
import type { NatsPlace } from "./nats-place.ts";
import { tlsOptions } from "./nats-tls.ts";
import { readCredentials } from "./read-credentials.ts";
import { remedyFor } from "./start-remedy.ts";

/** How long a first connection may take, in milliseconds. */
const CONNECT_MS = 5000;

export type NatsConfig = Pick<Config, "nats" | "store" | "upstream">;

/**
 * Connects to the first server that answers, and reconnects for as long as the relay runs.
 *
 * @throws ConfigError for files of the configuration that can't be used
 * @throws AsyncWriteError `ERR_AW_CONNECT` if no server takes the connection within 5 s; the message says what to do
 */
export async function connectNats(place: NatsPlace, config: NatsConfig): Promise<NatsConnection> {
  const { connect, credsAuthenticator } = await import("@nats-io/transport-node");
  const { servers, login } = place;
  const { credentials, tls } = config.nats;
  const upstream = await readUpstream(config.upstream);
  const options: NodeConnectionOptions = {
    servers,
    ...login,
    name: "relay",
    timeout: CONNECT_MS,
    // A server that is gone comes back, and another one is there at once.
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    // One that refuses the login for a while, as its configuration is changed, ends nothing either.
    ignoreAuthErrorAbort: true,
    // One that hangs is left for another.
    pingInterval: 5000,
    maxPingOut: 2,
  };
  if (tls || Object.keys(upstream).length > 0) options.tls = tlsOptions(servers, upstream);
  if (credentials !== undefined) {
    options.authenticator = await readCredentials(credentials, credsAuthenticator);
  }
  try {
    return await connect(options);
  } catch (error) {
    throw unusable(place, error, remedyOfFirst(error));
  }
}

/**
 * The store can't be used from the start on: says where it is, without its login, and what to do.
 *
 * @param remedy for an error that does not say it
 */
export function unusable(
  { servers, bucket }: NatsPlace,
  error: unknown,
  remedy: string,
): AsyncWriteError {
  const text = error instanceof Error ? error.message : String(error);
  return new AsyncWriteError(
    "ERR_AW_CONNECT",
    `store: nats://${servers.join(",")}/${bucket} can't be used: ${text}; ${remedyFor(error) ?? remedy}`,
    { cause: error },
  );
}

function remedyOfFirst(error: unknown): string {
  const remedy = "start it there, or change the key store";
  if ((error as Error).name !== "TimeoutError") return remedy;
  // In TLS 1.3 a server refuses a client's certificate after the handshake, and the client waits in vain.
  return `${remedy}; if it asks for certificates, give one that it trusts in upstream.cert and upstream.key`;
}
