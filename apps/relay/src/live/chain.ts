import { meter, type MeterWriter, type Writer } from "@aw/core";
import type { LayerSample } from "./snapshot.ts";

/** Puts a meter on a layer, and returns what to write to in its place. */
export type Watch = (layer: Writer) => MeterWriter;

/** For those who want a composition without being watched. */
export const unwatched: Watch = meter;

interface Watched {
  readonly name: string;
  readonly meter: MeterWriter;
  /** Whether as many bytes come out as went in. */
  readonly passesBytes: boolean;
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
    const [name = ""] =
      this.#layers.length === 0 ? [String(layer)] : String(layer).split(" > meter");
    const metered = meter(layer);
    this.#layers.push({ name, meter: metered, passesBytes: !("bytesOut" in layer) });
    return metered;
  };

  /** Bytes that the first layer has accepted. */
  get bytes(): number {
    return this.#layers.at(-1)?.meter.bytes ?? 0;
  }

  sample(): LayerSample[] {
    return this.#layers
      .map(({ name, meter: { bytes, pendingTime, isPending }, passesBytes }, index) => {
        const bytesOut = this.#layers[index - 1]?.meter.bytes ?? null;
        return {
          name,
          bytesIn: bytes,
          bytesOut,
          waitedMs: Math.round(pendingTime),
          isWaiting: isPending,
          heldBytes: passesBytes && bytesOut !== null ? bytes - bytesOut : null,
        };
      })
      .toReversed();
  }

  toString(): string {
    return this.#layers
      .map(({ name }) => name)
      .toReversed()
      .join(" > ");
  }
}
