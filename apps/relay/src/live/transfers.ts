import { Chain } from "./chain.ts";
import type { Outcome, Receipt, Route, Totals, TransferSample } from "./snapshot.ts";

/** Who hears of a transfer, and through what it goes. */
export interface TransferInfo {
  direction: "send" | "receive";
  name: string;
  route: Route;
  peer: string;
  expectedBytes?: number | undefined;
  reference?: string | undefined;
}

/** Rates are over this time, in milliseconds. */
const RATE_OVER = 1000;

/** One that goes on now. */
export class Transfer {
  readonly key: string;
  readonly info: TransferInfo;
  readonly chain = new Chain();
  readonly startedAt: number = Date.now();
  /** What the first layer had accepted at some times of the last second or so, the oldest first. */
  readonly #history: { at: number; bytes: number }[] = [{ at: performance.now(), bytes: 0 }];

  constructor(key: string, info: TransferInfo) {
    this.key = key;
    this.info = info;
  }

  sample(): TransferSample {
    const { direction, name, route, peer, expectedBytes, reference } = this.info;
    return {
      key: this.key,
      direction,
      name,
      route,
      peer,
      startedAt: this.startedAt,
      reference: reference ?? null,
      chain: String(this.chain),
      layers: this.chain.sample(),
      bytesPerSecond: this.#rate(),
      expectedBytes: expectedBytes ?? null,
    };
  }

  #rate(): number {
    const now = { at: performance.now(), bytes: this.chain.bytes };
    this.#history.push(now);
    while (now.at - (this.#history[1]?.at ?? now.at) >= RATE_OVER) this.#history.shift();
    const [oldest = now] = this.#history;
    if (now.at === oldest.at) return 0;
    return Math.round(((now.bytes - oldest.bytes) * 1000) / (now.at - oldest.at));
  }
}

const KEPT_OUTCOMES = 50;

/** All that go on now, and how the latest ones ended. */
export class Transfers {
  readonly #open = new Set<Transfer>();
  readonly #recent: Outcome[] = [];
  readonly #totals: Totals = { stored: 0, refused: 0, bytes: 0 };
  /** Of the uploads that were refused, how many with which code. */
  readonly refusals = new Map<string, number>();
  #count = 0;

  get open(): ReadonlySet<Transfer> {
    return this.#open;
  }

  /** The newest first. */
  get recent(): readonly Outcome[] {
    return this.#recent;
  }

  /** Goes on counting. */
  get totals(): Readonly<Totals> {
    return this.#totals;
  }

  begin(info: TransferInfo): Transfer {
    const transfer = new Transfer(`t${++this.#count}`, info);
    this.#open.add(transfer);
    return transfer;
  }

  end(transfer: Transfer): void {
    this.#open.delete(transfer);
  }

  /** What was stored before this process, the newest first: it is shown, and not counted. */
  recall(receipts: readonly Receipt[]): void {
    const outcomes = receipts.map((receipt) => ({
      ...receipt,
      key: null,
      outcome: "stored" as const,
    }));
    this.#recent.push(...outcomes.slice(0, KEPT_OUTCOMES - this.#recent.length));
  }

  /** How an upload ended. */
  settled(outcome: Outcome): void {
    if (outcome.outcome === "stored") {
      this.#totals.stored++;
      this.#totals.bytes += outcome.bytes;
    } else {
      this.#totals.refused++;
      this.refusals.set(outcome.error, (this.refusals.get(outcome.error) ?? 0) + 1);
    }
    this.#recent.unshift(outcome);
    if (this.#recent.length > KEPT_OUTCOMES) this.#recent.pop();
  }
}
