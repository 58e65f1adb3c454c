import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { open, rotating } from "@aw/file";
import { AsyncWriteError } from "@aw/core";
import { temporaryFolder } from "@aw/testing/vitest";
import { describe, expect, it } from "vitest";
import { MAY_MOUNT, mounted } from "../mounted.ts";

const folder = temporaryFolder();
const MIB = 1024 * 1024;

/** Bytes of which no two pages are alike. */
function numbered(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let offset = 0; offset < length; offset += 4) bytes.writeUInt32LE(offset, offset);
  return bytes;
}

async function disk(options: string, use: (path: string) => Promise<void>): Promise<void> {
  const path = folder.at("disk");
  await mkdir(path);
  await mounted(path, options, () => use(path));
}

describe.skipIf(!MAY_MOUNT).each(["async", "sync"] as const)("a disk of 1 MiB, %s", (io) => {
  it("fills up: the failure is latched, what was flushed is intact, the count is right", async () => {
    await disk("size=1m", async (path) => {
      const all = numbered(4 * MIB);
      const out = await open(`${path}/out`, { io, durability: "data", lock: true });
      await out.writeAll(all.subarray(0, 600_000));
      await out.flush();
      const failure = await out
        .writeAll(all.subarray(600_000))
        .then(
          () => out.flush(),
          (error: unknown) => Promise.reject(error as Error),
        )
        .catch((error: unknown) => error);
      if (!AsyncWriteError.is(failure)) throw failure;
      expect(failure).toMatchObject({ code: "ERR_AW_NO_SPACE", cause: { code: "ENOSPC" } });
      const file = readFileSync(`${path}/out`);
      expect(file.equals(all.subarray(0, file.length))).toBe(true);
      expect(file.length).toBeGreaterThanOrEqual(600_000);
      // Accepted is what is in the file and, of asynchronous writers, two slabs at most.
      const accepted = 600_000 + (failure.bytesWritten ?? NaN);
      if (io === "sync") expect(accepted).toBe(file.length);
      expect(accepted).toBeGreaterThanOrEqual(file.length);
      expect(accepted).toBeLessThanOrEqual(file.length + 2 * MIB);
      await expect(out.close()).rejects.toMatchObject({ code: "ERR_AW_NO_SPACE" });
      expect(readdirSync(path)).toEqual(["out"]);
    });
  });

  it("is known to be too small at open, with preallocate, and is empty again", async () => {
    await disk("size=1m", async (path) => {
      const opening = open(`${path}/out`, { io, preallocate: 2 * MIB });
      await expect(opening).rejects.toMatchObject({ code: "ERR_AW_NO_SPACE" });
      expect(statSync(`${path}/out`).size).toBe(0);
      await (await open(`${path}/out`, { io, preallocate: MIB / 2 })).close();
    });
  });

  it("leaves the old file in place of an atomic one that does not fit, and no leftovers", async () => {
    await disk("size=1m", async (path) => {
      writeFileSync(`${path}/out`, "old");
      const out = await open(`${path}/out`, { io, atomic: true });
      const written = out.writeAll(numbered(2 * MIB)).then(() => out.close());
      await expect(written).rejects.toMatchObject({ code: "ERR_AW_NO_SPACE" });
      await expect(out.close()).rejects.toMatchObject({ code: "ERR_AW_NO_SPACE" });
      expect(readdirSync(path)).toEqual(["out"]);
      expect(readFileSync(`${path}/out`, "utf8")).toBe("old");
    });
  });

  it("fills up under a rotating log: what is not in a file is counted, and it goes on by itself", async () => {
    await disk("size=1m", async (path) => {
      writeFileSync(`${path}/ballast`, Buffer.alloc(500_000));
      let lost = 0;
      const onError = (_: unknown, linesLost: number) => (lost += linesLost);
      const options = { maxBytes: 100_000, keep: 100, maxBacklog: 100_000, io, onError } as const;
      const log = await rotating(`${path}/log`, options);
      const line = (index: number) => `${index} ${"x".repeat(index % 100)}\n`;
      for (let index = 0; index < 20_000; index++) log.writeSync(line(index));
      rmSync(`${path}/ballast`);
      await log.writeAll("and on\n");
      await log.flush();
      await log.close();
      const names = readdirSync(path).filter((name) => name !== "log");
      const old = names.toSorted((a, b) => Number(b.slice(4)) - Number(a.slice(4)));
      const lines = [...old, "log"].flatMap((name) =>
        readFileSync(`${path}/${name}`, "utf8").split("\n").slice(0, -1),
      );
      expect(lost).toBeGreaterThan(0);
      expect(lines.at(-1)).toBe("and on");
      expect(lines.length - 1 + lost).toBe(20_000);
      const indexes = lines.slice(0, -1).map(Number.parseFloat);
      expect(indexes).toEqual(indexes.toSorted((a, b) => a - b));
      expect(lines.slice(0, -1).every((each, at) => `${each}\n` === line(indexes[at] ?? 0))).toBe(
        true,
      );
      expect(readdirSync(path)).not.toContain("log.lock");
    });
  });
});

describe.skipIf(!MAY_MOUNT)("a read-only mount", () => {
  it("is told at open", async () => {
    await disk("ro", async (path) => {
      const refused = { code: "ERR_AW_IO", cause: { code: "EROFS" } };
      await expect(open(`${path}/out`)).rejects.toMatchObject(refused);
      await expect(open(`${path}/out`, { atomic: true })).rejects.toMatchObject(refused);
      await expect(open(`${path}/out`, { lock: true })).rejects.toMatchObject(refused);
      await expect(rotating(`${path}/out`, { maxBytes: 1 })).rejects.toMatchObject(refused);
    });
  });
});

describe.each(["async", "sync"] as const)("other faults, %s", (io) => {
  it("a folder that is removed underneath keeps nobody from writing to the open file", async () => {
    await mkdir(folder.at("gone"));
    const out = await open(folder.at("gone/out"), { io });
    await rm(folder.at("gone"), { recursive: true });
    await out.writeAll("into a file without a name");
    await out.close();
  });

  it("/dev/full fails at the flush after any write, large or small", async () => {
    for (const size of [1, 100_000, 3_000_000]) {
      const out = await open("/dev/full", { io });
      const failed = out.writeAll(Buffer.alloc(size)).then(() => out.flush());
      await expect(failed).rejects.toMatchObject({ code: "ERR_AW_NO_SPACE" });
      expect(out.state).toBe("failed");
    }
  });

  it("a sync that fails is reported by flush and by close, and the writer stays failed", async () => {
    // A pipe can't be synced: fsync says EINVAL.
    execFileSync("mkfifo", [folder.at("pipe")]);
    const reader = await open(folder.at("pipe"), { flags: "r+", io });
    const out = await open(folder.at("pipe"), { io, flags: "r+", durability: "full" });
    await out.writeAll("written, not synced");
    const failure = await out.flush().catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: "ERR_AW_IO",
      cause: { code: "EINVAL", syscall: "fsync" },
    });
    await expect(out.writeAll("more")).rejects.toMatchObject({ code: "ERR_AW_IO" });
    await expect(out.close()).rejects.toBe(failure);
    const closing = await open(folder.at("pipe"), { io, flags: "r+", durability: "full" });
    await closing.writeAll("x");
    await expect(closing.close()).rejects.toMatchObject({ cause: { syscall: "fsync" } });
    reader.abort();
  });

  it("lets timers run during a tight loop of writes (AW-FAIR-1)", async () => {
    const out = await open("/dev/null", { io });
    let fired = false;
    const timer = setTimeout(() => (fired = true), 0);
    for (let index = 0; index < 10_000_000 && !fired; index++) await out.writeAll("x");
    expect(fired).toBe(true);
    clearTimeout(timer);
    await out.close();
  });
});
