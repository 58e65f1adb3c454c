import * as v from "valibot";

const PORT = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(0, "a port is 0 (a free one) to 65535"),
  v.maxValue(65_535, "a port is 0 (a free one) to 65535"),
);
const COUNT = v.pipe(v.number(), v.integer(), v.minValue(1));
const SECONDS = v.pipe(v.number(), v.minValue(0.001), v.maxValue(86_400 * 7));
const TEXT = v.pipe(v.string(), v.nonEmpty());
/** A port, or false for a server that is not wanted. */
const LISTEN = v.union([v.literal(false), PORT], "a port, or false");

/**
 * The configuration file, `relay.json`. Each key is optional; README.md has them in a table. A flag of the same name
 * (`--limits.maxBytes 1000000`) goes before the file.
 */
export const CONFIG = v.strictObject({
  /** The address that TCP, TLS and HTTP listen on. */
  host: v.optional(TEXT, "127.0.0.1"),
  listen: v.optional(
    v.strictObject({
      tcp: v.optional(LISTEN, 0),
      tls: v.optional(LISTEN, 0),
      /** HTTP, WebSocket and the tunnel. */
      http: v.optional(LISTEN, 0),
      /** Paths of Unix-domain sockets; by default `relay.sock` and `records.sock` in the folder. */
      unix: v.optional(v.union([v.literal(false), TEXT], "a path, or false")),
      records: v.optional(v.union([v.literal(false), TEXT], "a path, or false")),
    }),
    {},
  ),
  /** Where uploads go: a folder, or another relay: `tls://host:port`. */
  store: v.optional(TEXT, "relay-data"),
  /** PEM files. Without `cert` and `key`, a certificate is made on the spot. */
  tls: v.optional(
    v.strictObject({
      cert: v.optional(TEXT),
      key: v.optional(TEXT),
      /** Senders over TLS need a certificate by one of these authorities. */
      clientCa: v.optional(TEXT),
    }),
    {},
  ),
  /** For a store that is another relay: whom to trust, and who we are. PEM files. */
  upstream: v.optional(
    v.strictObject({ ca: v.optional(TEXT), cert: v.optional(TEXT), key: v.optional(TEXT) }),
    {},
  ),
  access: v.optional(
    v.strictObject({
      /** HTTP and WebSocket want one of these. */
      tokens: v.optional(
        v.array(v.pipe(v.string(), v.minLength(16, "a token has at least 16 characters"))),
        [],
      ),
    }),
    {},
  ),
  limits: v.optional(
    v.strictObject({
      /** Of each server, at a time. */
      maxConnections: v.optional(COUNT, 2000),
      /** Of one upload, decoded. */
      maxBytes: v.optional(COUNT),
      /** Decoded bytes for each encoded one; against what expands without end. */
      maxRatio: v.optional(v.pipe(v.number(), v.minValue(1)), 1000),
      /** Each upload is written at this rate. */
      bytesPerSecond: v.optional(v.pipe(v.number(), v.minValue(1))),
      /** How long one upload may take. */
      maxSeconds: v.optional(SECONDS),
      /** How long a connection may be silent. */
      idleSeconds: v.optional(SECONDS, 300),
      /** Of one record, in bytes. */
      maxRecord: v.optional(COUNT, 1024 * 1024),
    }),
    {},
  ),
  /** How long those who are under way have when the relay stops. */
  stopSeconds: v.optional(SECONDS, 10),
  /** A file for the log, lines of JSON; "-" is standard error. */
  log: v.optional(TEXT, "-"),
});

export type Config = v.InferOutput<typeof CONFIG>;
