import { stat } from "node:fs/promises";
import { setImmediate } from "node:timers/promises";
import { expectBytes, repeated, timed } from "../repeat.ts";
import { withFile } from "../scratch.ts";
import type { LogLinesWay } from "../ways.ts";
import type { Workload } from "../workload.ts";

/** How many lines a turn of the event loop logs. */
const LINES_OF_TURN = 1000;

/** Lines of text into a log file, as a logger writes them: in bursts, and without waiting. */
export const logLines: Workload<LogLinesWay> = repeated({
  unit: "MB/s",
  start(way, { size }) {
    const line = `${"x".repeat(size - 1)}\n`;
    return (count) =>
      withFile(async (path) => {
        const log = await way(path);
        const milliseconds = await timed(async () => {
          for (let index = 0; index < count; index++) {
            log.write(line);
            if (index % LINES_OF_TURN === 0) await setImmediate();
          }
          log.flushSync();
        });
        expectBytes((await stat(path)).size, count * size);
        return milliseconds;
      });
  },
});
