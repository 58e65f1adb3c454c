import { once } from "node:events";
import { createWriteStream } from "node:fs";
import type { FileWay } from "../../src/ways.ts";
import { corked, drained, type Loop } from "./loops.ts";

const into =
  (loop: Loop): FileWay =>
  async (path, payload) => {
    const out = createWriteStream(path);
    await loop(out, payload);
    out.end();
    await once(out, "close");
  };

export const file: Record<string, FileWay> = {
  "createWriteStream + drain": into(drained),
  "createWriteStream, cork": into(corked),
};
