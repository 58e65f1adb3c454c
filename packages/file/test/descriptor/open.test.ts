import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, fstatSync, openSync } from "node:fs";
import { mkdtemp, readFile, readdir, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buffered } from "@aw/core";
import { open } from "@aw/file";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aw-file-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** How many descriptors of files in the test's folder this process holds. */
async function openDescriptors(): Promise<number> {
  const entries = await readdir("/proc/self/fd");
  const targets = await Promise.all(
    entries.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => "")),
  );
  return targets.filter((target) => target.startsWith(folder)).length;
}

describe.each(["async", "sync"] as const)("open, %s", (io) => {
  it("writes small and large pieces in order", async () => {
    const path = join(folder, "out");
    const large = randomBytes(1_000_000);
    const out = await open(path, { io });
    await out.writeAll("head ");
    await out.writeAllVectored([Buffer.from("a"), large, Buffer.from("b")]);
    for (let index = 0; index < 1000; index++) await out.writeAll("line\n");
    await out.close();
    const expected = Buffer.concat([
      Buffer.from("head a"),
      large,
      Buffer.from(`b${"line\n".repeat(1000)}`),
    ]);
    expect(Buffer.compare(await readFile(path), expected)).toBe(0);
    expect(await openDescriptors()).toBe(0);
  });

  it.each(["none", "data", "full"] as const)(
    "flush, %s, leaves the bytes in the file",
    async (durability) => {
      const path = join(folder, "out");
      const out = await open(path, { io, durability });
      await out.writeAll("flushed");
      await out.flush();
      expect(await readFile(path, "utf8")).toBe("flushed");
      await out.close();
    },
  );

  it("appends, creates exclusively, and writes at a position", async () => {
    const path = join(folder, "out");
    await writeFile(path, "0123456789");
    const append = await open(path, { io, flags: "a" });
    await append.writeAll("ab");
    await append.close();
    const patch = await open(path, { io, flags: "r+", position: 3 });
    await patch.writeAll("x");
    await patch.writeAll("y");
    await patch.close();
    expect(await readFile(path, "utf8")).toBe("012xy56789ab");
    await expect(open(path, { io, flags: "wx" })).rejects.toMatchObject({
      code: "ERR_AW_IO",
      cause: { code: "EEXIST" },
    });
  });

  it("reports a full disk at flush, and again after that", async () => {
    const out = await open("/dev/full", { io });
    await out.writeAll("does not fit");
    const failure = await out.flush().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "ERR_AW_NO_SPACE", cause: { code: "ENOSPC" } });
    expect(await out.close().catch((error: unknown) => error)).toBe(failure);
  });

  it("lets go of the descriptor at abort, also while a write is under way", async () => {
    const out = await open(join(folder, "out"), { io });
    await out.writeAll(randomBytes(1 << 20));
    out.abort("stop");
    await expect(out.flush()).rejects.toMatchObject({ code: "ERR_AW_ABORTED", cause: "stop" });
    while ((await openDescriptors()) > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await openDescriptors()).toBe(0);
  });

  it("an abort while it closes does not close a stranger's descriptor", async () => {
    for (let round = 0; round < 200; round++) {
      const out = await open(join(folder, "out"), { io });
      const closing = out.close().catch(() => {});
      out.abort();
      const stranger = openSync(join(folder, "stranger"), "w");
      await closing;
      await new Promise((resolve) => setImmediate(resolve));
      expect(fstatSync(stranger).isFile()).toBe(true);
      closeSync(stranger);
    }
  });

  it("is the same bytes to another program", async () => {
    const path = join(folder, "out");
    const out = buffered(await open(path, { io }));
    for (let index = 0; index < 10_000; index++) await out.writeAll(`${index}\n`);
    await out.close();
    expect(execFileSync("wc", ["-l", path], { encoding: "utf8" })).toMatch(/^10000 /);
  });
});

describe("open", () => {
  it("takes a URL, and says what it is", async () => {
    const path = join(folder, "out");
    const out = await open(pathToFileURL(path));
    expect(String(out)).toBe(`file ${path}`);
    await out.close();
  });

  it("tells why a file can't be opened", async () => {
    await expect(open(join(folder, "missing", "out"))).rejects.toMatchObject({
      code: "ERR_AW_IO",
      cause: { code: "ENOENT" },
    });
  });

  it("refuses options that can't be meant, and creates nothing", async () => {
    const path = join(folder, "out");
    for (const options of [
      { io: "fast" },
      { durability: "maybe" },
      { position: -1 },
      { position: 1, flags: "a" },
      { flags: "q" },
    ]) {
      await expect(open(path, options as never)).rejects.toMatchObject({
        code: "ERR_AW_INVALID_ARGUMENT",
      });
    }
    expect(await readdir(folder)).toEqual([]);
  });
});
