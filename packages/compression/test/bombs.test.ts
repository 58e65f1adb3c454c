import { gunzip, gzip } from "@aw/compression";
import { memory, sink } from "@aw/core";
import { createHash, randomBytes } from "node:crypto";
import { createGunzip } from "node:zlib";
import { expect, it } from "vitest";

/** 10 GB is the full size, about 10 MB of gzip; AW_BOMB_MB=10000 makes it. */
const BOMB_MB = Number(process.env["AW_BOMB_MB"] ?? 500);
/** 300 MB is the full size. */
const STREAM_MB = Number(process.env["AW_STREAM_MB"] ?? 30);
const MIB = 1 << 20;

it("a bomb of zeros stops at the limit with memory flat", { timeout: 600_000 }, async () => {
  const bomb = memory();
  const zeros = Buffer.alloc(MIB);
  const out = gzip(bomb, { level: 9, parallel: 2, blockSize: MIB });
  for (let count = 0; count < BOMB_MB; count++) await out.writeAll(zeros);
  await out.close();
  for (const options of [{ maxOutputBytes: (BOMB_MB / 2) * MIB }, { maxRatio: 100 }]) {
    const before = process.memoryUsage().rss;
    let most = before;
    const decoder = gunzip(sink(), options);
    const failed = (async () => {
      const bytes = bomb.bytes();
      for (let at = 0; at < bytes.length; at += 4096) {
        await decoder.writeAll(bytes.subarray(at, at + 4096));
        most = Math.max(most, process.memoryUsage().rss);
      }
      await decoder.close();
    })();
    await expect(failed).rejects.toMatchObject({ code: "ERR_AW_LIMIT" });
    expect(most - before).toBeLessThan(64 * MIB);
  }
});

it("a long stream comes back byte by byte, serial and parallel", { timeout: 600_000 }, async () => {
  const block = Buffer.concat([randomBytes(MIB / 4), Buffer.alloc((3 * MIB) / 4, "some text ")]);
  for (const parallel of [undefined, 2]) {
    const sent = createHash("sha256");
    const back = createHash("sha256");
    const decoder = createGunzip();
    const target = memory();
    const out = gzip(target, { parallel, level: 1 });
    for (let count = 0; count < STREAM_MB; count++) {
      block.writeUInt32LE(count);
      sent.update(block);
      await out.writeAll(block);
    }
    await out.close();
    decoder.end(target.bytes());
    for await (const chunk of decoder as AsyncIterable<Buffer>) back.update(chunk);
    expect(back.digest("hex")).toBe(sent.digest("hex"));
  }
});
