import * as v from "valibot";

const PORT_MESSAGE = "a port from 0 (a free one) to 65535, or false";
const PORT = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535));
const LISTEN = v.union([v.literal(false), PORT], PORT_MESSAGE);
const TEXT = v.pipe(v.string(), v.nonEmpty());
const SOCKET = v.union([v.literal(false), TEXT], "a path, or false");
const COUNT = v.pipe(v.number(), v.integer(), v.minValue(1));
const RATE = v.pipe(v.number(), v.minValue(1));
const SECONDS = v.pipe(v.number(), v.minValue(0.001), v.maxValue(604_800));
const TOKEN = v.pipe(v.string(), v.regex(/^\S{16,}$/, "at least 16 characters without a space"));

/** Every key of the configuration, and what it is without one. README.md has them in a table. */
export const CONFIG = v.strictObject({
  /** The address that TCP, TLS and HTTP listen on. */
  host: v.optional(TEXT, "127.0.0.1"),
  /** Ports, 0 for a free one, and paths of Unix-domain sockets; false for a server that is not wanted. */
  listen: v.optional(
    v.strictObject({
      tcp: v.optional(LISTEN, 0),
      tls: v.optional(LISTEN, 0),
      /** HTTP, WebSocket and the tunnel. */
      http: v.optional(LISTEN, 0),
      unix: v.optional(SOCKET, false),
      records: v.optional(SOCKET, false),
    }),
    {},
  ),
  /** Where uploads go: a folder, another relay, `tls://host:port`, or an object store, `nats://host:port/BUCKET` or `s3://BUCKET`. */
  store: v.optional(TEXT, "relay-data"),
  /** A relay, `tls://host:port`, that gets everything, too: an upload is acknowledged when both have it. */
  forward: v.optional(TEXT),
  /** PEM files. Without `cert` and `key`, a certificate is made on the spot. */
  tls: v.optional(
    v.strictObject({
      cert: v.optional(TEXT),
      key: v.optional(TEXT),
      /** Over TLS, senders need a certificate by one of these authorities. */
      clientCa: v.optional(TEXT),
    }),
    {},
  ),
  /** For `forward`, or a store that is another relay, NATS or S3: whom to trust, and who this one is. PEM files. */
  upstream: v.optional(
    v.strictObject({ ca: v.optional(TEXT), cert: v.optional(TEXT), key: v.optional(TEXT) }),
    {},
  ),
  /** For a store that is an object store of NATS JetStream. */
  nats: v.optional(
    v.strictObject({
      /** How many servers have each upload; of a bucket that is made. */
      replicas: v.optional(v.picklist([1, 3, 5], "1, 3 or 5"), 1),
      /** A file with the credentials of NATS. */
      credentials: v.optional(TEXT),
      /** Refuses a server without TLS; so does anything in `upstream`. */
      tls: v.optional(v.boolean(), false),
      /** How long a request that fails for the moment is retried: a leader has died, a server restarts. */
      retrySeconds: v.optional(v.pipe(SECONDS, v.maxValue(100)), 30),
      /** How long an upload has no new chunk before its chunks are removed. */
      orphanSeconds: v.optional(SECONDS, 900),
    }),
    {},
  ),
  /** For a store that is a bucket of S3. */
  s3: v.optional(
    v.strictObject({
      /** How large the parts of an upload are. S3 takes at least 5 MiB, and at most 10,000 parts. */
      partBytes: v.optional(
        v.pipe(v.number(), v.integer(), v.minValue(5 * 2 ** 20), v.maxValue(2 ** 30)),
        8 * 2 ** 20,
      ),
      /** How many parts of one upload are in flight at a time. */
      concurrency: v.optional(v.pipe(COUNT, v.maxValue(16)), 2),
    }),
    {},
  ),
  /** HTTP and WebSocket want one of these tokens. */
  access: v.optional(v.strictObject({ tokens: v.optional(v.array(TOKEN), []) }), {}),
  limits: v.optional(
    v.strictObject({
      /** Of each server, at a time. */
      maxConnections: v.optional(COUNT, 2000),
      /** Of one upload, decoded. */
      maxBytes: v.optional(COUNT),
      /** Decoded bytes for each encoded one, against what expands without end; the first MiB is free. */
      maxRatio: v.optional(RATE, 1000),
      /** What each upload is written at. */
      bytesPerSecond: v.optional(RATE),
      /** How long one upload may take. */
      maxSeconds: v.optional(SECONDS),
      /** How long a connection may be silent. */
      idleSeconds: v.optional(SECONDS, 300),
      /** Of one record, in bytes. */
      maxRecord: v.optional(COUNT, 1_048_576),
    }),
    {},
  ),
  /** Whether the page's switches work: a slow receiver, the comparison. For demonstrations. */
  switches: v.optional(v.boolean(), false),
  /** How long those who are under way have when the relay stops. */
  stopSeconds: v.optional(SECONDS, 10),
  /** A file for the log, lines of JSON; "-" is standard error. */
  log: v.optional(TEXT, "-"),
});

export type Config = v.InferOutput<typeof CONFIG>;
