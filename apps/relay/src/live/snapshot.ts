import type { Comparison } from "./switches.ts";

/**
 * What `GET /events` sends: server-sent events named `snapshot`, the first one at once, then four a second. The data of
 * each is a whole {@link Snapshot} as JSON, so that a subscriber that has missed some needs nothing but the next one.
 *
 * Types only: the page's sources share this file. Times are in milliseconds, those of clocks since
 * 1970; sizes in bytes; rates in bytes per second. What is not known is null.
 */
export interface Snapshot {
  time: number;
  /** When the relay started. */
  startedAt: number;
  /** This process, which has all uploads, the demo's senders and the servers in it. */
  process: ProcessSample;
  /** Whether it has the switches: `POST /slow`, `POST /naive`. Elsewhere they answer 404. */
  hasSwitches: boolean;
  /** What `POST /slow` has set: the rate that each upload is written at; null for no limit. */
  receiverBytesPerSecond: number | null;
  /** Where it listens. */
  listeners: readonly ListenerSample[];
  /** How many move now. */
  openTransfers: number;
  /** The oldest 64 of them, the oldest first. An upload by the demo is here twice: as it is sent, and as it is received. */
  transfers: readonly TransferSample[];
  /** What was stored or refused lately, the newest first; at most 50, also of before this process. */
  recent: readonly Outcome[];
  /** All since the start. */
  totals: Totals;
  /** The two jobs that `POST /naive` has started; null before. They stay here after their end. */
  comparison: Comparison | null;
}

export interface ProcessSample {
  rssBytes: number;
  heapUsedBytes: number;
  /** Memory of buffers, outside of the heap. */
  externalBytes: number;
}

export type Route = "tcp" | "tls" | "unix" | "records" | "websocket" | "tunnel" | "http";

export interface ListenerSample {
  route: Route;
  /** As people write it: "tcp://127.0.0.1:9000", "unix:/run/relay.sock". */
  address: string;
}

/** One connection's way through the layers of one process. */
export interface TransferSample {
  /** Of this process: stays the same for the whole transfer, and never comes again. */
  key: string;
  direction: "send" | "receive";
  /** The name of the upload, as the sender gave it. */
  name: string;
  route: Route;
  /** Who is at the other end, as far as that is known: "127.0.0.1:43210". */
  peer: string;
  startedAt: number;
  /** What the sender calls this transfer, where it can and does say so: `?reference=` of a WebSocket. */
  reference: string | null;
  /** Layers by their `toString`, joined: "gunzip > sha256 > throttle(1 MiB/s) > file /data/x". */
  chain: string;
  /** The same layers one by one, in the order in which bytes meet them. The last one is the destination. */
  layers: readonly LayerSample[];
  /** Over the last second or so, at the first layer. */
  bytesPerSecond: number;
  /** How many bytes there will be at the first layer, where the sender said so. */
  expectedBytes: number | null;
}

export interface LayerSample {
  /** Its own part of the chain: "gunzip". */
  name: string;
  /** Bytes that it has accepted. */
  bytesIn: number;
  /** Bytes that the layer below has accepted from it; of the last layer what it says itself, or null. */
  bytesOut: number | null;
  /** How long it has made the layer above wait so far, in all. Grows in real time while it does so. */
  waitedMs: number;
  /** Whether it makes the layer above wait right now. */
  isWaiting: boolean;
  /**
   * Bytes that the layer below has not accepted from it yet; of a codec the output of what it has coded. Null of the
   * last layer.
   */
  heldBytes: number | null;
}

/** How the bytes of an upload were encoded. */
export type Encoding = "identity" | "gzip" | "zlib" | "zstd" | "br";

/** What the relay has on its disk, or wherever it stores: it is there when the sender hears of it. */
export interface Receipt {
  /** Letters and digits; those of later uploads are greater. */
  id: string;
  name: string;
  /** After decoding, as `sha256` is. */
  bytes: number;
  /** In hexadecimal digits. */
  sha256: string;
  encoding: Encoding;
  route: Route;
  storedAt: number;
  durationMs: number;
}

/** Why an upload was not stored. Nothing of it is left. */
export interface Refusal {
  /** A code of `@aw/core`, or one that begins with ERR_RELAY_. */
  error: string;
  /** For people: what went wrong and what to do. */
  message: string;
}

export type Outcome =
  | (Receipt & Ended & { outcome: "stored" })
  | (Refusal & Ended & { outcome: "refused"; name: string; route: Route; at: number });

interface Ended {
  /** Of the transfer that ended so; null of what another process has stored before this one. */
  key: string | null;
}

export interface Totals {
  stored: number;
  refused: number;
  /** Of what was stored. */
  bytes: number;
}
