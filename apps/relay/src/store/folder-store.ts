import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { open, type FileWriter } from "@aw/file";
import type { Receipt } from "../live/snapshot.ts";
import { Journal } from "./journal.ts";
import { KeptReceipts } from "./kept-receipts.ts";
import type { Slot, Store } from "./store.ts";

/**
 * Uploads as files of a folder:
 *
 *     uploads/<id>-<name>   one file for each upload: it appears whole, synced, at its end
 *     receipts.ndjson       a line for each that was acknowledged, on the disk before the sender hears of it
 *     unacknowledged/       files that were whole when the process died, and whose senders have not been told
 *     .lock.lock            held while a relay uses the folder
 */
export class FolderStore implements Store {
  readonly kind = "folder";
  readonly #folder: string;
  readonly #journal: Journal;
  readonly #lock: FileWriter;
  readonly #kept = new KeptReceipts();

  private constructor(folder: string, journal: Journal, lock: FileWriter) {
    this.#folder = folder;
    this.#journal = journal;
    this.#lock = lock;
  }

  /** Makes the folder if need be, and puts in order what a relay that was killed has left there. */
  static async open(folder: string): Promise<FolderStore> {
    await mkdir(join(folder, "uploads"), { recursive: true });
    const lock = await open(join(folder, ".lock"), { lock: true });
    try {
      const store = new FolderStore(folder, new Journal(join(folder, "receipts.ndjson")), lock);
      await store.#recover();
      return store;
    } catch (error) {
      lock.abort(error);
      throw error;
    }
  }

  async create({ id, name }: { id: string; name: string }): Promise<Slot> {
    const path = this.#pathOf(id, name);
    // Close syncs the file, renames it and syncs the folder.
    const writer = await open(path, { atomic: true, flags: "w" });
    return {
      writer,
      commit: async (receipt) => {
        await this.#journal.append(receipt);
        this.#kept.add(receipt);
      },
      discard: () => rm(path, { force: true }),
    };
  }

  list(count: number): Promise<Receipt[]> {
    return Promise.resolve(this.#kept.newest(count));
  }

  async find(id: string): Promise<Receipt | undefined> {
    const kept = this.#kept.get(id);
    if (kept !== undefined) return kept;
    for await (const receipt of this.#journal.read()) {
      if (receipt.id === id) return receipt;
    }
  }

  async close(): Promise<void> {
    await this.#journal.close();
    await this.#lock.close();
  }

  toString(): string {
    return `folder ${this.#folder}`;
  }

  /** The lock is held, so no other process writes here: what is not acknowledged belongs to no upload in flight. */
  async #recover(): Promise<void> {
    const uploads = join(this.#folder, "uploads");
    const unknown = new Set(await readdir(uploads));
    for await (const receipt of this.#journal.read()) {
      unknown.delete(`${receipt.id}-${receipt.name}`);
      this.#kept.add(receipt);
    }
    for (const name of unknown) {
      if (name.startsWith(".")) await rm(join(uploads, name)); // not finished
      else {
        const aside = join(this.#folder, "unacknowledged");
        await mkdir(aside, { recursive: true });
        await rename(join(uploads, name), join(aside, name));
      }
    }
  }

  #pathOf(id: string, name: string): string {
    return join(this.#folder, "uploads", `${id}-${name}`);
  }
}
