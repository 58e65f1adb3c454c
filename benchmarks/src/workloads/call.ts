import { repeated, timed } from "../repeat.ts";
import type { Workload } from "../workload.ts";
import type { CallWay } from "../ways.ts";

/** What a write call costs, with no destination behind it. */
export const call: Workload<CallWay> = repeated({
  unit: "ns",
  start(way, { layers, size }) {
    const loop = way(layers);
    const message = new Uint8Array(size).fill(65);
    return (count) => timed(() => loop({ message, count }));
  },
});
