import type { LayerSample } from "../../../src/live/snapshot.ts";

/** How far charts look back, in milliseconds. */
export const HISTORY_MS = 60_000;

/** Rates and shares are over this time, in milliseconds. */
const OVER_MS = 1000;

/** What was at one time. */
export interface Point {
  readonly time: number;
  /** At the first layer, in bytes per second. */
  readonly rateIn: number;
  /** At the last layer. */
  readonly rateOut: number;
  /** Bytes at the last layer for each byte at the first, so far; null before there are any. */
  readonly growth: number | null;
  readonly layers: readonly LayerSample[];
}

/** The last minute of a chain of layers. */
export class Track {
  readonly #points: Point[] = [];

  get points(): readonly Point[] {
    return this.#points;
  }

  get latest(): Point | undefined {
    return this.#points.at(-1);
  }

  add(time: number, layers: readonly LayerSample[]): void {
    const before = this.#before(time);
    const seconds = before === undefined ? 0 : (time - before.time) / 1000;
    const first = layers[0]?.bytesIn ?? 0;
    const last = layers.at(-1)?.bytesIn ?? 0;
    const rateOf = (now: number, then = 0): number =>
      seconds === 0 ? 0 : Math.max(0, (now - then) / seconds);
    this.#points.push({
      time,
      rateIn: rateOf(first, before?.layers[0]?.bytesIn),
      rateOut: rateOf(last, before?.layers.at(-1)?.bytesIn),
      growth: first === 0 ? null : last / first,
      layers,
    });
    while ((this.#points[0]?.time ?? time) < time - HISTORY_MS) this.#points.shift();
  }

  /** How much of the last second this layer has made the one above wait: 0 to 1. */
  waitShare(index: number): number {
    const { latest } = this;
    if (latest === undefined) return 0;
    const before = this.#before(latest.time);
    const ms = latest.time - (before?.time ?? latest.time);
    const now = latest.layers[index]?.waitedMs ?? 0;
    const then = before?.layers[index]?.waitedMs ?? 0;
    return ms === 0 ? 0 : Math.min(1, Math.max(0, (now - then) / ms));
  }

  /** The most that this layer has held in the last minute, in bytes. */
  maxHeld(index: number): number {
    return Math.max(0, ...this.#points.map(({ layers }) => layers[index]?.heldBytes ?? 0));
  }

  /** The latest point that is at least a second older, or the oldest. */
  #before(time: number): Point | undefined {
    return this.#points.findLast((point) => time - point.time >= OVER_MS) ?? this.#points[0];
  }
}
