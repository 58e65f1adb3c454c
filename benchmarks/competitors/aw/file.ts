import { open } from "@aw/file";
import type { FileWay } from "../../src/ways.ts";
import { awaited, polled, tried, type Loop } from "./loops.ts";

const into =
  (io: "sync" | "async", loop: Loop): FileWay =>
  async (path, payload) => {
    const out = await open(path, { io });
    await loop(out, payload);
    await out.close();
  };

export const file: Record<string, FileWay> = {
  "sync, await": into("sync", awaited),
  "sync, tryWrite": into("sync", tried),
  "sync, poll": into("sync", polled),
  "async, await": into("async", awaited),
  "async, tryWrite": into("async", tried),
  "async, poll": into("async", polled),
};
