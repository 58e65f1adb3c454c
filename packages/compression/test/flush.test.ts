import { spawnSync } from "node:child_process";
import * as api from "@aw/compression";
import { memory, type AsyncWrite } from "@aw/core";
import { expect, it } from "vitest";
import { noise, random, seed } from "./instruments.ts";
import { Python } from "./python.ts";

it.each([
  ["gzip", "stepGunzip", (inner: AsyncWrite) => api.gzip(inner)],
  ["gzip, parallel", "stepGunzip", (inner: AsyncWrite) => api.gzip(inner, { parallel: 2 })],
  ["deflate", "stepInflate", (inner: AsyncWrite) => api.deflate(inner)],
  ["deflate-raw", "stepInflateRaw", (inner: AsyncWrite) => api.deflateRaw(inner)],
] as const)(
  "%s: Python decodes everything so far after each flush",
  async (_name, step, encode) => {
    await using python = new Python();
    const target = memory();
    const out = encode(target);
    const next = random(seed);
    let seen = 0;
    for (let round = 0; round < 100; round++) {
      const chunk = noise(next, 1 + next(20_000));
      await out.writeAll(chunk);
      await out.flush();
      const news = target.bytes().slice(seen);
      seen += news.length;
      const decoded = await python.call(step, news);
      expect(Buffer.compare(decoded, chunk), `seed ${seed}, round ${round}`).toBe(0);
    }
    await out.close();
  },
);

it.each([
  ["brotli", ["brotli", "-dc"], [3], (inner: AsyncWrite) => api.brotli(inner)],
  ["zstd", ["zstd", "-dcq"], [], (inner: AsyncWrite) => api.zstd(inner)],
  ["zstd, parallel", ["zstd", "-dcq"], [], (inner: AsyncWrite) => api.zstd(inner, { parallel: 2 })],
] as const)(
  "%s: the command decodes everything so far after each flush",
  async (_name, command, end, encode) => {
    const target = memory();
    const out = encode(target);
    const next = random(seed);
    let sent = Buffer.alloc(0);
    for (let round = 0; round < 30; round++) {
      const chunk = noise(next, 1 + next(20_000));
      sent = Buffer.concat([sent, chunk]);
      await out.writeAll(chunk);
      await out.flush();
      // brotli puts nothing out without an end: its empty last block is one byte. zstd only complains.
      const [name, ...args] = command;
      const { stdout } = spawnSync(name, args, {
        input: Buffer.concat([target.bytes(), Buffer.from(end)]),
        maxBuffer: 1 << 28,
      });
      expect(Buffer.compare(stdout, sent), `seed ${seed}, round ${round}`).toBe(0);
    }
    await out.close();
  },
);
