import { logDestination, open } from "@aw/file";
import type { LogLinesWay } from "../../src/ways.ts";

const into =
  (io: "sync" | "async"): LogLinesWay =>
  async (path) =>
    logDestination(await open(path, { flags: "a", io }));

export const logLines: Record<string, LogLinesWay> = {
  "logDestination, sync": into("sync"),
  "logDestination, async": into("async"),
};
