import type { CallWay } from "../../src/ways.ts";
import { whenReady } from "./loops.ts";

function stack(layers: number): WritableStreamDefaultWriter<Uint8Array> {
  let out = new WritableStream<Uint8Array>({ write() {} }, marks());
  for (let layer = 1; layer < layers; layer++) {
    const { readable, writable } = new TransformStream<Uint8Array>({}, marks(), marks());
    void readable.pipeTo(out);
    out = writable;
  }
  return out.getWriter();
}

function marks(): ByteLengthQueuingStrategy {
  return new ByteLengthQueuingStrategy({ highWaterMark: 64 * 1024 });
}

export const call: Record<string, CallWay> = {
  "await ready, write": (layers) => {
    const out = stack(layers);
    return (payload) => whenReady(out, payload);
  },
  "await write": (layers) => {
    const out = stack(layers);
    return async ({ message, count }) => {
      for (let index = 0; index < count; index++) await out.write(message);
    };
  },
};
