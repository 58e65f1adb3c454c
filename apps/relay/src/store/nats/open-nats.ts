import { readFile } from "node:fs/promises";
import { AsyncWriteError } from "@aw/core";
import type { JetStreamManager } from "@nats-io/jetstream";
import type { NodeConnectionOptions } from "@nats-io/transport-node";
import type { Logger } from "pino";
import { ConfigError } from "../../config/config-error.ts";
import type { Config } from "../../config/schema.ts";
import { Bucket, type NatsClient } from "./bucket.ts";
import { STREAM_NOT_FOUND } from "./nats-failure.ts";
import { NatsLink } from "./nats-link.ts";
import { parseNatsUrl, type NatsPlace } from "./nats-place.ts";
import { NatsStore } from "./nats-store.ts";

/** How long a first connection may take, in milliseconds. */
const CONNECT_MS = 5000;

type NatsConfig = Pick<Config, "nats" | "store" | "upstream">;

/**
 * Connects, and makes the bucket if it is not there.
 *
 * @throws ConfigError for a URL that is none, and for a bucket with fewer replicas than are asked for
 * @throws AsyncWriteError `ERR_AW_CONNECT` if nobody answers, or who answers has no JetStream
 */
export async function openNats(config: NatsConfig, log?: Logger): Promise<NatsStore> {
  const place = parseNatsUrl(config.store);
  const options = await connectOptions(place, config);
  // Loaded here: without such a store, nobody waits for it.
  const { connect, credsAuthenticator, headers } = await import("@nats-io/transport-node");
  const { jetstream, jetstreamManager } = await import("@nats-io/jetstream");
  const { credentials, replicas, retrySeconds, orphanSeconds } = config.nats;
  if (credentials !== undefined) {
    options.authenticator = credsAuthenticator(await readFile(credentials));
  }
  const connection = await connect(options).catch((error: unknown) => {
    throw unreachable(place, error, "start it there, or change the key store");
  });
  try {
    const jsm = await jetstreamManager(connection);
    const link = new NatsLink(place.servers, connection, log);
    const client: NatsClient = { link, js: jetstream(connection), jsm, makeHeaders: headers };
    const bucket = new Bucket(place.bucket, client, retrySeconds * 1000);
    // A cluster that has just started may not have all of its servers yet.
    await bucket.persist("make it", undefined, () => makeStream(jsm, bucket, replicas));
    return await NatsStore.open(bucket, orphanSeconds * 1000);
  } catch (error) {
    await connection.close();
    if (error instanceof ConfigError) throw error;
    const remedy = "it needs JetStream (nats-server -js), and as many servers as nats.replicas";
    throw unreachable(place, error, remedy);
  }
}

/** @throws what the files of certificates do */
async function connectOptions(
  { servers, login }: NatsPlace,
  { upstream: { ca, cert, key } }: NatsConfig,
): Promise<NodeConnectionOptions> {
  const tls = {
    ...(ca !== undefined && { ca: await readFile(ca, "utf8") }),
    ...(cert !== undefined && { cert: await readFile(cert, "utf8") }),
    ...(key !== undefined && { key: await readFile(key, "utf8") }),
  };
  return {
    servers,
    ...login,
    ...(Object.keys(tls).length > 0 && { tls }),
    name: "relay",
    timeout: CONNECT_MS,
    // A server that is gone comes back, and another one is there at once.
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    // One that hangs is left for another.
    pingInterval: 5000,
    maxPingOut: 2,
  };
}

/** The stream of the bucket, as the format of NATS has it (ADR-20). */
async function makeStream(jsm: JetStreamManager, bucket: Bucket, replicas: number): Promise<void> {
  const { name, stream } = bucket;
  const existing = await jsm.streams.info(stream).catch((error: unknown) => {
    if ((error as { code?: number }).code === STREAM_NOT_FOUND) return undefined;
    throw error;
  });
  if (existing === undefined) {
    await jsm.streams.add({
      name: stream,
      subjects: [bucket.chunksOf(">"), bucket.infos],
      num_replicas: replicas,
      storage: "file",
      discard: "new",
      allow_rollup_hdrs: true,
      allow_direct: true,
    });
  } else if (existing.config.num_replicas < replicas) {
    throw new ConfigError(
      `nats.replicas: bucket ${name} has ${existing.config.num_replicas}, and ${replicas} are asked for; change the stream, or this key`,
    );
  }
}

function unreachable(
  { servers, bucket }: NatsPlace,
  error: unknown,
  remedy: string,
): AsyncWriteError {
  const text = error instanceof Error ? error.message : String(error);
  return new AsyncWriteError(
    "ERR_AW_CONNECT",
    `store: nats://${servers.join(",")}/${bucket} can't be used: ${text}; ${remedy}`,
    { cause: error },
  );
}
