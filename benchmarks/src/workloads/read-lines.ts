import { writeFile } from "node:fs/promises";
import { logText } from "../log-text.ts";
import { cpuTimed, repeated } from "../repeat.ts";
import { withFile } from "../scratch.ts";
import type { ReadLinesWay } from "../ways.ts";
import type { Workload } from "../workload.ts";

/** The lines of a file in memory. The CPU time for each. */
export const readLines: Workload<ReadLinesWay> = repeated({
  unit: "ns",
  start:
    (way, { size }) =>
    (count) =>
      withFile(async (path) => {
        await writeFile(path, logText(count * size));
        return cpuTimed(async () => {
          const lines = await way(path);
          if (lines !== count) throw new Error(`${lines} lines were read of ${count}`);
        });
      }),
});
