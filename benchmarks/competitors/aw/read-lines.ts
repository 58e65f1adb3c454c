import { lines, unframed } from "@aw/core";
import { openReader } from "@aw/file";
import type { ReadLinesWay } from "../../src/ways.ts";

export const readLines: Record<string, ReadLinesWay> = {
  async unframed(path) {
    let count = 0;
    for await (const line of unframed(await openReader(path), lines())) {
      if (line.length > 0) count++;
    }
    return count;
  },
  async readLine(path) {
    await using reader = await openReader(path);
    let count = 0;
    while ((await reader.readLine()) !== undefined) count++;
    return count;
  },
};
