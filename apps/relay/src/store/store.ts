import type { Writer } from "@aw/core";
import type { Receipt } from "../live/snapshot.ts";

export type StoreKind = "folder" | "nats" | "relay" | "s3";

/** Where uploads go: a folder, another relay, an object store. */
export interface Store {
  /** For figures. */
  readonly kind: StoreKind;
  /**
   * Makes room for one upload.
   *
   * @param signal ends what the upload waits for in the store, also in `commit`: its time is over, or the relay stops
   */
  create(upload: { id: string; name: string }, signal?: AbortSignal): Promise<Slot>;
  /** Receipts of what was stored, the newest first. */
  list(count: number): Promise<Receipt[]>;
  find(id: string): Promise<Receipt | undefined>;
  /** What operators want to know of a store that is elsewhere. */
  readonly figures?: StoreFigures | undefined;
  /** Waits for what is under way in the store itself. */
  close(): Promise<void>;
  /** "folder /data", for people. */
  toString(): string;
}

/** Since the start of this process. */
export interface StoreFigures {
  /** Of a store that keeps a connection. */
  readonly isConnected?: boolean;
  /** How often something was tried again that had failed for the moment. */
  readonly retries: number;
  /** How many unfinished uploads had their chunks removed. */
  readonly orphansPurged?: number;
}

/** Room for one upload. Until `commit` has resolved the upload is not visible. */
export interface Slot {
  /** Takes the decoded bytes. Whoever writes closes it, or aborts it: then nothing is left. */
  readonly writer: Writer;
  /**
   * Called once the writer is closed. Resolves when both the bytes and the receipt will survive whatever happens to this
   * machine, in so far as the store can promise it: only then the sender is told.
   */
  commit(receipt: Receipt): Promise<void>;
  /** Called instead of a commit, or after one that failed, also if the writer was closed: removes what is there already. */
  discard(): Promise<void>;
}
