import {
  inspect,
  limit,
  memory,
  meter,
  progress,
  tee,
  throttle,
  timeout,
  type AsyncBufRead,
} from "@aw/core";
import { readerConformance } from "../src/vitest.ts";

const PLENTY = 1e12;

const layers: Readonly<Record<string, (inner: AsyncBufRead) => AsyncBufRead>> = {
  inspect: (inner) => inspect(inner, () => {}),
  meter: (inner) => meter(inner),
  progress: (inner) => progress(inner, { onProgress() {} }),
  limit: (inner) => limit(inner, PLENTY),
  throttle: (inner) => throttle(inner, { bytesPerSecond: PLENTY, burst: PLENTY }),
  timeout: (inner) => timeout(inner, { read: 60_000 }),
  tee: (inner) => tee(inner, memory()),
};

for (const [name, layer] of Object.entries(layers)) {
  readerConformance({
    name: `${name} of a reader`,
    layer: (inner) => ({ reader: layer(inner), bound: 0 }),
  });
}
