import type { JetStreamManager } from "@nats-io/jetstream";
import type { Logger } from "pino";
import { ConfigError } from "../../config/config-error.ts";
import { retry } from "../retry.ts";
import { Bucket, type NatsClient } from "./bucket.ts";
import { connectNats, unusable, type NatsConfig } from "./connect-nats.ts";
import { isTemporary, STREAM_NOT_FOUND } from "./nats-failure.ts";
import { NatsLink } from "./nats-link.ts";
import { parseNatsUrl } from "./nats-place.ts";
import { NatsStore } from "./nats-store.ts";
import { isUnsafe } from "./server-version.ts";

/**
 * Connects, and makes the bucket if it is not there.
 *
 * @throws ConfigError for a URL that is none, and for a bucket with fewer replicas than are asked for
 * @throws AsyncWriteError `ERR_AW_CONNECT` if no server answers, or the one that does has no JetStream
 */
export async function openNats(config: NatsConfig, log?: Logger): Promise<NatsStore> {
  const place = parseNatsUrl(config.store);
  const { replicas, retrySeconds, orphanSeconds } = config.nats;
  const connection = await connectNats(place, config);
  // Loaded only here, so that relays with another store start faster.
  const { headers } = await import("@nats-io/transport-node");
  const { jetstream, jetstreamManager } = await import("@nats-io/jetstream");
  const { version = "" } = connection.info ?? {};
  if (isUnsafe(version)) {
    log?.warn(
      { version },
      "store: this nats-server can lose uploads when it is killed: use 2.11.7",
    );
  }
  try {
    const jsm = await jetstreamManager(connection, { checkAPI: false });
    await untilReady(jsm, retrySeconds * 1000);
    const link = new NatsLink(place.servers, connection, log);
    const client: NatsClient = { link, js: jetstream(connection), jsm, makeHeaders: headers };
    const bucket = new Bucket(place.bucket, client, retrySeconds * 1000);
    // A cluster that has just started may not have all of its servers yet.
    await bucket.retry("make it if it is missing", undefined, () =>
      makeStream(jsm, bucket, replicas),
    );
    return await NatsStore.open(bucket, orphanSeconds * 1000);
  } catch (error) {
    await connection.close();
    if (error instanceof ConfigError) throw error;
    const remedy = "it needs JetStream (nats-server -js), and as many servers as nats.replicas";
    throw unusable(place, error, remedy);
  }
}

/** A cluster that has just started elects a leader first; a server without JetStream says so at once. */
async function untilReady(jsm: JetStreamManager, withinMs: number): Promise<void> {
  await retry(() => jsm.getAccountInfo(), {
    attempt: "ask for JetStream",
    withinMs,
    isTemporary: (error) => isTemporary(error) && (error as Error).name !== "JetStreamNotEnabled",
    onRetry: () => {},
  });
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
