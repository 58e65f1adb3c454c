import { stat } from "node:fs/promises";
import { expectBytes, repeated, timed } from "../repeat.ts";
import { withFile } from "../scratch.ts";
import type { Workload } from "../workload.ts";
import type { FileWay } from "../ways.ts";

export const file: Workload<FileWay> = repeated({
  unit: "MB/s",
  start(way, { size }) {
    const message = new Uint8Array(size).fill(65);
    return (count) =>
      withFile(async (path) => {
        const milliseconds = await timed(() => way(path, { message, count }));
        expectBytes((await stat(path)).size, count * size);
        return milliseconds;
      });
  },
});
