import { tee } from "@aw/core";
import type { Receipt } from "../live/snapshot.ts";
import type { Slot, Store, StoreFigures, StoreKind } from "./store.ts";

/**
 * Stores everything twice: `tee` gives each byte to a store here and to another relay, and the slower one sets the pace. An
 * upload is acknowledged when both have it, and refused when one can't take it.
 */
export class ForwardingStore implements Store {
  readonly #here: Store;
  readonly #there: Store;

  constructor(here: Store, there: Store) {
    this.#here = here;
    this.#there = there;
  }

  async create(upload: { id: string; name: string }, signal?: AbortSignal): Promise<Slot> {
    const there = await this.#there.create(upload, signal);
    let here: Slot;
    try {
      here = await this.#here.create(upload, signal);
    } catch (error) {
      await there.discard();
      throw error;
    }
    return {
      writer: tee(here.writer, there.writer),
      async commit(receipt) {
        // A receipt here says that both have it.
        await there.commit(receipt);
        await here.commit(receipt);
      },
      async discard() {
        await Promise.all([here.discard(), there.discard()]);
      },
    };
  }

  list(count: number): Promise<Receipt[]> {
    return this.#here.list(count);
  }

  find(id: string): Promise<Receipt | undefined> {
    return this.#here.find(id);
  }

  get kind(): StoreKind {
    return this.#here.kind;
  }

  get figures(): StoreFigures | undefined {
    return this.#here.figures;
  }

  async close(): Promise<void> {
    await Promise.all([this.#here.close(), this.#there.close()]);
  }

  toString(): string {
    return `${this.#here}, and ${this.#there}`;
  }
}
