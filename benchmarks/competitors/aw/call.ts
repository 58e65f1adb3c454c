import { buffered, keepOpen, sink, type Writer } from "@aw/core";
import type { CallWay } from "../../src/ways.ts";
import { awaited, tried } from "./loops.ts";

/** The trait alone, with `buffered` on it, and then layers that pass everything on. */
function stack(layers: number): Writer {
  let out: Writer = sink();
  if (layers > 0) out = buffered(out);
  for (let layer = 1; layer < layers; layer++) out = keepOpen(out);
  return out;
}

const WAKER = { wake(): void {} };

export const call: Record<string, CallWay> = {
  poll: (layers) => {
    // As layers and loops of polls do it: on what the writer drives.
    const out = stack(layers).engine;
    return ({ message, count }) => {
      for (let index = 0; index < count; index++) {
        if (out.pollWrite(WAKER, message) !== message.length) throw new Error("not all was taken");
      }
    };
  },
  await: (layers) => {
    const out = stack(layers);
    return (payload) => awaited(out, payload);
  },
  tryWrite: (layers) => {
    const out = stack(layers);
    return (payload) => tried(out, payload);
  },
};
