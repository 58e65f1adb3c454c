import { PassThrough, Writable } from "node:stream";
import type { CallWay } from "../../src/ways.ts";
import { drained } from "./loops.ts";

function stack(layers: number): Writable {
  const target = new Writable({
    highWaterMark: 64 * 1024,
    write: (_chunk, _encoding, done) => done(),
  });
  // The first layer of ours gathers; a Writable has a buffer of its own.
  let out = target;
  for (let layer = 1; layer < layers; layer++) {
    const outer = new PassThrough({ highWaterMark: 64 * 1024 });
    outer.pipe(out);
    out = outer;
  }
  return out;
}

export const call: Record<string, CallWay> = {
  "Writable.write + drain": (layers) => {
    const out = stack(layers);
    return (payload) => drained(out, payload);
  },
};
