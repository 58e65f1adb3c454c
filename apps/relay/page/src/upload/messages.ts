import type { LayerSample, Receipt } from "../../../src/live/snapshot.ts";

/** Made on the spot, half noise and half text: compresses to about a half. */
interface MadeUp {
  readonly madeUpBytes: number;
}

/** What to send: a file of this machine, or bytes that the worker makes up. */
export type UploadSource = File | MadeUp;

/** What the page tells the worker that sends. */
export type ToWorker =
  | { type: "start"; source: UploadSource; url: string; compress: boolean }
  | { type: "pause" }
  | { type: "resume" }
  | { type: "cancel" };

/** What the worker tells the page. */
export type FromWorker =
  | { type: "progress"; time: number; layers: LayerSample[] }
  /** Everything was sent: the relay makes it durable. */
  | { type: "sent" }
  | { type: "stored"; receipt: Receipt; sha256: string }
  | { type: "failed"; message: string }
  | { type: "cancelled" };
