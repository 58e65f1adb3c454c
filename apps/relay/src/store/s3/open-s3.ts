import { Agent } from "node:https";
import { AsyncWriteError } from "@aw/core";
import type { Logger } from "pino";
import { readUpstream } from "../../config/read-upstream.ts";
import type { Config } from "../../config/schema.ts";
import { RECEIPTS } from "./keys.ts";
import { remedyFor } from "./start-remedy.ts";
import { S3Bucket } from "./s3-bucket.ts";
import { parseS3Url, type S3Place } from "./s3-place.ts";
import { S3Store } from "./s3-store.ts";

/** Milliseconds: to connect, and for an answer. */
const CONNECT_MS = 5000;
const ANSWER_MS = 60_000;

/** How often a request is sent at most. */
const ATTEMPTS = 4;

type S3Config = Pick<Config, "s3" | "store" | "upstream">;

/**
 * The bucket has to be there.
 *
 * @throws ConfigError for a URL that is none
 * @throws AsyncWriteError `ERR_AW_CONNECT` if the bucket can't be used
 */
export async function openS3({ store, s3, upstream }: S3Config, log?: Logger): Promise<S3Store> {
  const place = parseS3Url(store);
  const agent = new Agent({ keepAlive: true, ...(await readUpstream(upstream)) });
  // Loaded only here, so that relays with another store start faster.
  const sdk = await import("@aws-sdk/client-s3");
  const { endpoint, region } = place;
  const client = new sdk.S3Client({
    region,
    maxAttempts: ATTEMPTS,
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    requestHandler: {
      httpsAgent: agent,
      connectionTimeout: CONNECT_MS,
      requestTimeout: ANSWER_MS,
      throwOnRequestTimeout: true,
    },
  });
  const bucket = new S3Bucket(place, sdk, client);
  try {
    await bucket.list(RECEIPTS, 1);
  } catch (error) {
    bucket.close();
    throw unusable(place, error);
  }
  return new S3Store(bucket, s3, (error) => {
    log?.warn({ err: error }, "store: something is left of an upload that was refused");
  });
}

function unusable({ bucket, endpoint, region }: S3Place, error: unknown): AsyncWriteError {
  const { name, message } = error as Error;
  const where = endpoint ?? `Amazon S3 in ${region}`;
  return new AsyncWriteError(
    "ERR_AW_CONNECT",
    `store: bucket ${bucket} at ${where} can't be used: ${name}: ${message}; ${remedyFor(error)}`,
    { cause: error },
  );
}
