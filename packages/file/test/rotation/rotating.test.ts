import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import {
  buffered,
  PassThrough,
  sink,
  Writer,
  type AsyncWrite,
  type AsyncWriteError,
} from "@aw/core";
import { rotating, type RotatingOptions } from "@aw/file";
import { temporaryFolder } from "@aw/testing/vitest";
import { afterEach, describe, expect, it, vi } from "vitest";

const folder = temporaryFolder();
const text = (name: string) => readFileSync(folder.at(name), "utf8");
const names = () => readdirSync(folder.path).toSorted();
afterEach(() => void vi.useRealTimers());

describe.each(["async", "sync"] as const)("rotating, %s", (io) => {
  it("begins a new file before one is too large, splits no line, and keeps so many", async () => {
    const log = await rotating(folder.at("log"), { maxBytes: 20, keep: 3, io });
    for (const line of ["one", "two", "three", "a longer line than twenty bytes", "four"]) {
      await log.writeAll(`${line}, `);
      await log.writeAll("with its end\n");
      await log.flush();
    }
    await log.close();
    expect(names()).toEqual(["log", "log.1", "log.2", "log.3"]);
    expect(text("log")).toBe("four, with its end\n");
    expect(text("log.1")).toBe("a longer line than twenty bytes, with its end\n");
    expect(text("log.2")).toBe("three, with its end\n");
    expect(text("log.3")).toBe("two, with its end\n");
  });

  it("fills files as far as lines fit, written in any pieces, flushed in mid-line too", async () => {
    const lines = Array.from(
      { length: 20_000 },
      (_, index) => `${index} ${"x".repeat(index % 90)}\n`,
    );
    const all = lines.join("");
    const log = await rotating(folder.at("log"), { maxBytes: 100_000, keep: 1000, io });
    for (let start = 0; start < all.length;) {
      const end = start + 1 + ((start * 31) % 40_000);
      await log.writeAll(all.slice(start, end));
      if (start % 7 === 0) await log.flush();
      start = end;
    }
    await log.close();
    const files = names().toSorted((a, b) => Number(b.slice(4)) - Number(a.slice(4)));
    const ordered = [...files.filter((name) => name !== "log"), "log"];
    expect(ordered.map(text).join("") === all).toBe(true);
    for (const name of ordered.slice(0, -1)) {
      expect(text(name).endsWith("\n")).toBe(true);
      expect(statSync(folder.at(name)).size).toBeLessThanOrEqual(100_000);
      expect(statSync(folder.at(name)).size).toBeGreaterThan(99_800);
    }
  });

  it("goes on with the file that is there, and ends a line that a crash cut off", async () => {
    writeFileSync(folder.at("log"), "whole\ncut o");
    const log = await rotating(folder.at("log"), { maxBytes: 30, io });
    await log.writeAll("next\n");
    await log.flush();
    expect(text("log")).toBe("whole\ncut o\nnext\n");
    await log.writeAll("the one after that\n");
    await log.close();
    expect(text("log")).toBe("the one after that\n");
  });

  it("begins a new file when one is old, with the first line after that", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const log = await rotating(folder.at("log"), { maxAgeMs: 60_000, io });
    await log.writeAll("young\n");
    await log.flush();
    vi.setSystemTime(Date.now() + 61_000);
    await log.writeAll("in mid");
    await log.flush();
    vi.setSystemTime(Date.now() + 61_000);
    await log.writeAll("-line\nlate\n");
    await log.close();
    expect(text("log.1")).toBe("in mid-line\n");
    expect(text("log.2")).toBe("young\n");
    expect(text("log")).toBe("late\n");
  });

  it.each(["none", "data"] as const)(
    "compresses old files in the background, %s",
    async (durability) => {
      const options = { maxBytes: 50_000, keep: 100, io, durability, compress: "gzip" } as const;
      const log = await rotating(folder.at("log"), options);
      let all = "";
      for (let index = 0; index < 20_000; index++) {
        const line = `${index} ${"x".repeat(index % 30)}\n`;
        all += line;
        await log.writeAll(line);
        if (index % 1000 === 0) await log.flush();
      }
      await log.close();
      const old = names().filter((name) => name !== "log");
      expect(old.length).toBeGreaterThan(5);
      expect(old.every((name) => /^log\.\d+\.gz$/.test(name))).toBe(true);
      const ordered = old.toSorted((a, b) => Number(b.split(".")[1]) - Number(a.split(".")[1]));
      for (const name of ordered) execFileSync("gzip", ["--test", folder.at(name)]);
      const texts = ordered.map((name) => String(gunzipSync(readFileSync(folder.at(name)))));
      expect(texts.join("") + text("log") === all).toBe(true);
    },
  );

  it("a folder that was removed: lines wait for it, and nothing is lost", async () => {
    await mkdir(folder.at("logs"));
    const errors: unknown[] = [];
    const onError = (error: AsyncWriteError, linesLost: number) => {
      errors.push([error.code, (error.cause as NodeJS.ErrnoException).code, linesLost]);
    };
    const options = { maxBytes: 10, io, lock: false, onError } as const;
    const log = await rotating(folder.at("logs/log"), options);
    await log.writeAll("before\n");
    await log.flush();
    await rm(folder.at("logs"), { recursive: true });
    await log.writeAll("after that\n");
    let isFlushed = false;
    const flushed = log.flush().then(() => (isFlushed = true));
    log.flushSync();
    expect(isFlushed).toBe(false);
    await mkdir(folder.at("logs"));
    log.flushSync();
    await flushed;
    await log.close();
    expect(text("logs/log")).toBe("after that\n");
    expect(errors).toEqual([["ERR_AW_IO", "ENOENT", 0]]);
  });

  it("close makes a last attempt, counts what is lost, and rejects", async () => {
    await mkdir(folder.at("logs"));
    let lost = 0;
    const options = {
      maxBytes: 10,
      io,
      lock: false,
      onError: (_: unknown, n: number) => (lost += n),
    };
    const log = await rotating(folder.at("logs/log"), options);
    await log.writeAll("before\n");
    await log.flush();
    await rm(folder.at("logs"), { recursive: true });
    await log.writeAll("one\n".repeat(3));
    const flushed = log.flush();
    await expect(log.close()).rejects.toMatchObject({ cause: { code: "ENOENT" } });
    await flushed;
    expect(lost).toBe(3);
  });

  it("close through a layer does not wait either, for a flush that was given up", async () => {
    await mkdir(folder.at("logs"));
    let lost = 0;
    const onError = (_: unknown, n: number) => (lost += n);
    const options = { maxBytes: 10, io, lock: false, onError } as const;
    const out = buffered(await rotating(folder.at("logs/log"), options));
    await out.writeAll("before\n");
    await out.flush();
    await rm(folder.at("logs"), { recursive: true });
    await out.writeAll("one\n".repeat(3));
    const impatience = new AbortController();
    const flushed = out.flush({ signal: impatience.signal });
    impatience.abort();
    await expect(flushed).rejects.toMatchObject({ code: "ERR_AW_ABORTED" });
    await expect(out.close()).rejects.toMatchObject({ cause: { code: "ENOENT" } });
    expect(lost).toBe(3);
  });
});

describe("rotating", () => {
  it("compresses by a layer of your choice", async () => {
    const compress = {
      extension: ".up",
      layer: (inner: AsyncWrite) => new Writer(new UpperCase(inner)),
    };
    const log = await rotating(folder.at("log"), { maxBytes: 10, compress });
    for (const line of ["one\n", "two\n", "three\n"]) {
      await log.writeAll(line);
      await log.flush();
    }
    await log.close();
    expect(names()).toEqual(["log", "log.1.up"]);
    expect(text("log.1.up")).toBe("ONE\nTWO\n");
  });

  it("keeps the plain file if it can't be compressed, reports it at close, and tries again", async () => {
    const compress = {
      extension: ".up",
      layer: (): never => {
        throw new Error("no compression today");
      },
    };
    const log = await rotating(folder.at("log"), { maxBytes: 5, compress });
    for (const line of ["one\n", "two\n", "three\n"]) await log.writeAll(line);
    await expect(log.close()).rejects.toMatchObject({ message: /no compression today/ });
    expect(names()).toEqual(["log", "log.1", "log.2"]);
    const next = await rotating(folder.at("log"), { maxBytes: 5, compress: "gzip" });
    await next.close();
    expect(names()).toEqual(["log", "log.1.gz", "log.2.gz"]);
  });

  it("after a crash between compressing and removing, the compressed file counts", async () => {
    writeFileSync(folder.at("log.2"), "two\n");
    writeFileSync(folder.at("log.1"), "one\n");
    writeFileSync(folder.at("log.2.gz"), gzipSync("two\n"));
    const log = await rotating(folder.at("log"), { maxBytes: 5, compress: "gzip" });
    await log.close();
    expect(names()).toEqual(["log", "log.1.gz", "log.2.gz"]);
  });

  it("fills a gap that a crash left, and leaves names alone that are not its own", async () => {
    for (const name of ["log", "log.1", "log.3", "log.20260131", "log.old"]) {
      writeFileSync(folder.at(name), `${name}\n`);
    }
    const log = await rotating(folder.at("log"), { maxBytes: 5, keep: 3 });
    await log.writeAll("next\n");
    await log.close();
    expect(names()).toEqual(["log", "log.1", "log.2", "log.20260131", "log.3", "log.old"]);
    expect(text("log.1")).toBe("log\n");
    expect(text("log.2")).toBe("log.1\n");
    expect(text("log.3")).toBe("log.3\n");
  });

  it("is one writer's alone, unless told otherwise", async () => {
    const log = await rotating(folder.at("log"), { maxBytes: 5 });
    await expect(rotating(folder.at("log"), { maxBytes: 5 })).rejects.toMatchObject({
      code: "ERR_AW_IO",
    });
    await (await rotating(folder.at("log"), { maxBytes: 5, lock: false })).close();
    await log.close();
    const failing = await rotating(folder.at("log"), { maxBytes: 5 });
    failing.abort();
    await (await rotating(folder.at("log"), { maxBytes: 5 })).close();
  });

  it("flushSync rotates too, also while the thread pool writes", async () => {
    const log = await rotating(folder.at("log"), { maxBytes: 10_000, keep: 10_000 });
    let all = "";
    for (let round = 0; round < 300; round++) {
      const lines = `${round} ${"y".repeat(round)}\n`.repeat(20);
      all += lines;
      log.writeSync(lines);
      await new Promise((resolve) => setImmediate(resolve));
      log.flushSync();
    }
    await log.close();
    const old = names().filter((name) => name !== "log");
    const ordered = old.toSorted((a, b) => Number(b.slice(4)) - Number(a.slice(4)));
    expect([...ordered, "log"].map(text).join("") === all).toBe(true);
  });

  it.each([
    [{ keep: 5 }, ".5"],
    [{}, ".5"],
    [{ keep: 10, compress: "gzip" }, ".10.gz"],
    [{ names: "dated" }, ".2026-11-28T13.999"],
    [{ compress: { extension: ".up", layer: () => new PassThrough(sink()) } }, ".5.up"],
  ] as const)("%o needs room for %s behind the name", async (options, addition) => {
    const longest = "n".repeat(255 - addition.length);
    const all = { ...options, maxBytes: 100, lock: false } as RotatingOptions;
    await (await rotating(folder.at(longest), all)).close();
    expect(names()).toEqual([longest]);
    await expect(rotating(folder.at(`${longest}n`), all)).rejects.toMatchObject({
      code: "ERR_AW_INVALID_ARGUMENT",
      message: expect.stringContaining(`with ${addition} behind it`) as string,
    });
    expect(names()).toEqual([longest]);
  });

  it("gives its lock back if it can't be opened", async () => {
    await mkdir(folder.at("log"));
    await expect(rotating(folder.at("log"), { maxBytes: 5 })).rejects.toMatchObject({
      code: expect.stringMatching(/ERR_AW_(IO|UNSUPPORTED)/) as string,
    });
    expect(names()).toEqual(["log"]);
  });

  it("refuses options that can't be meant", async () => {
    for (const options of [
      {},
      { maxBytes: 0 },
      { maxAgeMs: -1 },
      { maxBytes: 1, keep: 0 },
      { maxBytes: 1, compress: "lzma" },
      { maxBytes: 1, compress: { extension: "zst", layer: () => {} } },
      { maxBytes: 1, io: "fast" },
    ]) {
      await expect(rotating(folder.at("log"), options as never)).rejects.toMatchObject({
        code: "ERR_AW_INVALID_ARGUMENT",
      });
    }
    expect(names()).toEqual([]);
  });
});

/** A layer as compressors are, whose output people can read. */
class UpperCase extends PassThrough {
  override pollWrite(...[waker, buf]: Parameters<PassThrough["pollWrite"]>) {
    return super.pollWrite(waker, Buffer.from(String(Buffer.from(buf)).toUpperCase()));
  }
}
