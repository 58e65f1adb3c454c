import type { Receipt } from "../live/snapshot.ts";

/** So many receipts are kept in memory; older ones are looked up in the store. */
const KEPT_RECEIPTS = 1000;

/** The latest receipts of a store. */
export class KeptReceipts {
  /** The newest last. */
  readonly #receipts = new Map<string, Receipt>();

  add(receipt: Receipt): void {
    this.#receipts.set(receipt.id, receipt);
    const [oldest] = this.#receipts.keys();
    if (this.#receipts.size > KEPT_RECEIPTS) this.#receipts.delete(oldest as string);
  }

  get(id: string): Receipt | undefined {
    return this.#receipts.get(id);
  }

  delete(id: string): void {
    this.#receipts.delete(id);
  }

  /** At most `count` of them, the newest first. */
  newest(count: number): Receipt[] {
    return [...this.#receipts.values()].slice(-count).toReversed();
  }
}
