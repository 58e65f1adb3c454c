import type { CallWay } from "../../src/ways.ts";
import { awaited, polled, type Out } from "./loops.ts";
import { Slabs } from "./slabs.ts";

/** The least that a layer can do. */
class PassOn implements Out {
  readonly #inner: Out;

  constructor(inner: Out) {
    this.#inner = inner;
  }

  put(message: Uint8Array): Promise<void> | undefined {
    return this.#inner.put(message);
  }
}

class Nothing implements Out {
  put(): undefined {
    return undefined;
  }
}

function stack(layers: number): Out {
  let out: Out = layers > 0 ? new Slabs(() => undefined) : new Nothing();
  for (let layer = 1; layer < layers; layer++) out = new PassOn(out);
  return out;
}

export const call: Record<string, CallWay> = {
  poll: (layers) => {
    const out = stack(layers);
    return (payload) => polled(out, payload);
  },
  await: (layers) => {
    const out = stack(layers);
    return (payload) => awaited(out, payload);
  },
};
