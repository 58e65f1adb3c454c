import { open } from "node:fs/promises";
import { closeSync, openSync, writeSync } from "node:fs";
import type { FileWay } from "../../src/ways.ts";
import { awaited, polled, type Loop } from "./loops.ts";
import { Slabs } from "./slabs.ts";

const sync =
  (loop: Loop): FileWay =>
  async (path, payload) => {
    const fd = openSync(path, "w");
    const out = new Slabs((bytes) => {
      for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
      return undefined;
    });
    await loop(out, payload);
    await out.flush();
    closeSync(fd);
  };

const async =
  (loop: Loop): FileWay =>
  async (path, payload) => {
    const handle = await open(path, "w");
    const out = new Slabs(async (bytes) => {
      for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at)).bytesWritten;
    });
    await loop(out, payload);
    await out.flush();
    await handle.close();
  };

export const file: Record<string, FileWay> = {
  "sync, poll": sync(polled),
  "sync, await": sync(awaited),
  "async, poll": async(polled),
  "async, await": async(awaited),
};
