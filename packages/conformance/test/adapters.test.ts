import {
  copy,
  fromWritableStream,
  inspect,
  limit,
  lineBuffered,
  memory,
  meter,
  pipe,
  progress,
  tee,
  throttle,
  timeout,
} from "@aw/core";
import { conformance } from "../src/vitest.ts";
import { concat } from "./concat.ts";

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

const PLENTY = 1e12;

conformance({ name: "inspect", layer: (inner) => inspect(inner, () => {}) });
conformance({ name: "meter", layer: meter });
conformance({ name: "progress", layer: (inner) => progress(inner, { onProgress() {} }) });
conformance({ name: "limit", layer: (inner) => limit(inner, PLENTY) });
conformance({
  name: "throttle",
  layer: (inner) => throttle(inner, { bytesPerSecond: PLENTY, burst: PLENTY }),
});
conformance({ name: "timeout", layer: (inner) => timeout(inner, { write: 60_000 }) });

for (const capacity of [16, 65_536]) {
  conformance({
    name: `lineBuffered(${capacity})`,
    layer: (inner) => ({ writer: lineBuffered(inner, capacity), bound: capacity }),
  });
}

conformance({
  name: "tee",
  layer: (inner) => ({ writer: tee(memory(), inner, memory()), bound: 65_536 }),
});

conformance({
  name: "pipe",
  factory: () => {
    const { writer, readable } = pipe({ capacity: 100 });
    const target = memory();
    const reading = copy(readable, target).catch(() => {});
    return {
      writer,
      delivered: async (count) => {
        while (target.length < count) await turn();
        return target.bytes();
      },
      cleanup: () => reading.then(() => {}),
    };
  },
});

conformance({
  name: "fromWritableStream",
  factory: () => {
    const chunks: Uint8Array[] = [];
    let error = (_reason: unknown): void => {};
    const stream = new WritableStream<Uint8Array>({
      start: (controller) => {
        error = (reason) => controller.error(reason);
      },
      write: (chunk) => {
        chunks.push(chunk);
      },
    });
    return {
      writer: fromWritableStream(stream),
      delivered: () => concat(chunks),
      fail: async (reason) => {
        error(reason);
        await turn();
      },
    };
  },
  // Not `finished`: a stream that has begun to close can't be stopped by an abort.
  supports: { fail: true },
});
