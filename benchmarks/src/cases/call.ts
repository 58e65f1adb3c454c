import { Writable } from "node:stream";
import { buffered, sink } from "@aw/core";
import { scaled, timed, type BenchCase, type MeasureOptions } from "../bench-case.ts";

const MESSAGE = new Uint8Array(64).fill(65);
const WAKER = { wake(): void {} };
const CALLS = 10_000_000;

/** Runs `call` until it is compiled, then measures. Returns nanoseconds a call. */
async function perCall(
  options: MeasureOptions,
  run: (count: number) => Promise<void> | void,
): Promise<number> {
  const count = scaled(CALLS, options, 1000);
  await run(count / 10);
  return ((await timed(() => run(count))) * 1e6) / count;
}

export const pollWrite: BenchCase = {
  name: "poll-write-64B",
  unit: "ns/op",
  subjects: {
    aw: (options) => {
      const out = buffered(sink());
      return perCall(options, (count) => {
        for (let index = 0; index < count; index++) out.pollWrite(WAKER, MESSAGE);
      });
    },
    "Writable.write": (options) => {
      const out = new Writable({
        highWaterMark: 1 << 16,
        write: (_chunk, _encoding, done) => done(),
      });
      return perCall(options, (count) => {
        for (let index = 0; index < count; index++) out.write(MESSAGE);
      });
    },
  },
};

export const writeAll: BenchCase = {
  name: "await-write-64B",
  unit: "ns/op",
  subjects: {
    aw: (options) => {
      const out = buffered(sink());
      return perCall(options, async (count) => {
        for (let index = 0; index < count; index++) await out.writeAll(MESSAGE);
      });
    },
    WritableStream: (options) => {
      const writer = new WritableStream({ write() {} }).getWriter();
      return perCall(options, async (count) => {
        for (let index = 0; index < count; index++) await writer.write(MESSAGE);
      });
    },
  },
};

/** What stays or was allocated on the heap for each write; a loop itself allocates nothing. */
export const heap: BenchCase = {
  name: "poll-write-64B-heap",
  unit: "B/op",
  subjects: {
    aw: (options) => {
      const out = buffered(sink());
      const count = scaled(CALLS, options, 1000);
      const loop = (): void => {
        for (let index = 0; index < count; index++) out.pollWrite(WAKER, MESSAGE);
      };
      loop();
      globalThis.gc?.();
      const before = process.memoryUsage().heapUsed;
      loop();
      return Promise.resolve((process.memoryUsage().heapUsed - before) / count);
    },
  },
};
