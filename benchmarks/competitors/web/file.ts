import { createWriteStream } from "node:fs";
import { Writable } from "node:stream";
import type { FileWay } from "../../src/ways.ts";
import { whenReady } from "./loops.ts";

export const file: Record<string, FileWay> = {
  "toWeb, await ready": async (path, payload) => {
    const out = Writable.toWeb(createWriteStream(path)).getWriter();
    await whenReady(out, payload);
    await out.close();
  },
};
