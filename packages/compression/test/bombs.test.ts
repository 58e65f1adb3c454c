import { gunzip, gzip } from "@aw/compression";
import { memory, sink } from "@aw/core";
import { expect, it } from "vitest";

/** 10 GB is the full size, about 10 MB of gzip; AW_BOMB_MB=10000 makes it. */
const BOMB_MB = Number(process.env["AW_BOMB_MB"] ?? 500);
const MIB = 1 << 20;

it("a bomb of zeros stops at the limit with memory flat", { timeout: 600_000 }, async () => {
  const bomb = memory();
  const zeros = Buffer.alloc(MIB);
  const out = gzip(bomb, { level: 9, parallel: 2, blockSize: MIB });
  for (let count = 0; count < BOMB_MB; count++) await out.writeAll(zeros);
  await out.close();
  for (const options of [{ maxOutputBytes: (BOMB_MB / 2) * MIB }, { maxRatio: 100 }]) {
    const before = process.memoryUsage().rss;
    let max = before;
    const decoder = gunzip(sink(), options);
    const failed = (async () => {
      const bytes = bomb.bytes();
      for (let at = 0; at < bytes.length; at += 4096) {
        await decoder.writeAll(bytes.subarray(at, at + 4096));
        max = Math.max(max, process.memoryUsage().rss);
      }
      await decoder.close();
    })();
    await expect(failed).rejects.toMatchObject({ code: "ERR_AW_LIMIT" });
    expect(max - before).toBeLessThan(64 * MIB);
  }
});
