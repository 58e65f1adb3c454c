import { meter, type MeterWriter, type Writer } from "@aw/core";
import type { LayerSample } from "./snapshot.ts";

/** Puts a meter on a layer, and returns what to write to in its place. */
export type Watch = (layer: Writer) => MeterWriter;

/** For those who want a composition without being watched. */
export const unwatched: Watch = meter;

interface Watched {
  /** As it is now: a rate that was changed, for example, is in it. */
  readonly name: () => string;
  readonly meter: MeterWriter;
  /** Bytes that it has made so far, of other ones; of layers that pass bytes as they are, what they have accepted. */
  readonly made: () => number;
}

/**
 * The layers of one transfer, each under a meter. Layers are watched as they are stacked, from the destination
 * upwards: `watch(gzip(watch(socket)))`.
 */
export class Chain {
  /** The destination comes first. */
  readonly #layers: Watched[] = [];

  readonly watch: Watch = (layer) => {
    // What is below was watched before, and stands behind its meter: "gzip(6) > meter > tcp 127.0.0.1:9000".
    const isDestination = this.#layers.length === 0;
    const name = (): string =>
      isDestination ? String(layer) : (String(layer).split(" > meter")[0] ?? "");
    const metered = meter(layer);
    const made = "bytesOut" in layer ? () => layer.bytesOut as number : () => metered.bytes;
    this.#layers.push({ name, meter: metered, made });
    return metered;
  };

  /** Bytes that the first layer has accepted. */
  get bytes(): number {
    return this.#layers.at(-1)?.meter.bytes ?? 0;
  }

  /** Whether the first layer makes whoever writes to it wait. */
  get isWaiting(): boolean {
    return this.#layers.at(-1)?.meter.isPending ?? false;
  }

  sample(): LayerSample[] {
    return this.#layers
      .map(({ name, meter: { bytes, pendingTime, isPending }, made }, index) => {
        const bytesOut = this.#layers[index - 1]?.meter.bytes ?? null;
        return {
          name: name(),
          bytesIn: bytes,
          bytesOut,
          waitedMs: Math.round(pendingTime),
          isWaiting: isPending,
          heldBytes: bytesOut === null ? null : made() - bytesOut,
        };
      })
      .toReversed();
  }

  toString(): string {
    return this.#layers
      .map(({ name }) => name())
      .toReversed()
      .join(" > ");
  }
}
