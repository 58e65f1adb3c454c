import { once } from "node:events";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { ReadLinesWay } from "../../src/ways.ts";

export const readLines: Record<string, ReadLinesWay> = {
  async "readline events"(path) {
    let count = 0;
    const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
    lines.on("line", () => count++);
    await once(lines, "close");
    return count;
  },
  async "filehandle.readLines"(path) {
    let count = 0;
    const file = await open(path);
    for await (const line of file.readLines()) if (line.length > 0) count++;
    return count;
  },
};
