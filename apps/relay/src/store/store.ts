import type { Writer } from "@aw/core";
import type { Receipt } from "../live/snapshot.ts";

/** Where uploads go: a folder, another relay, an object store. */
export interface Store {
  /** Makes room for one upload. */
  create(upload: { id: string; name: string }): Promise<Slot>;
  /** Receipts of what was stored, the newest first. */
  list(count: number): Promise<Receipt[]>;
  find(id: string): Promise<Receipt | undefined>;
  /** Waits for what is under way in the store itself. */
  close(): Promise<void>;
  /** "folder /data", for people. */
  toString(): string;
}

/** Room for one upload. Until `commit` has resolved nobody sees anything of it. */
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
