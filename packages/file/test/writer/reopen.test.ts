import { readFileSync, renameSync } from "node:fs";
import { mkdir, readdir, readlink, rm } from "node:fs/promises";
import { open } from "@aw/file";
import { temporaryFolder } from "@aw/testing/vitest";
import { describe, expect, it } from "vitest";

const folder = temporaryFolder();

describe.each(["async", "sync"] as const)("reopen, %s", (io) => {
  it("in order, awaited or not: what came before is in the old file, what follows in the new", async () => {
    const path = folder.at("log");
    const out = await open(path, { io, flags: "a" });
    for (let round = 0; round < 20; round++) {
      renameSync(path, `${path}.${round}`);
      const large = Buffer.alloc(600_000, 65 + round);
      void out.writeAll(large);
      void out.writeAll(`end of ${round}\n`);
      const reopened = out.reopen();
      void out.writeAll(`start of ${round + 1}\n`);
      if (round % 2 === 0) await reopened;
      else await out.flush();
      const before = round === 0 ? "" : `start of ${round}\n`;
      const expected = `${before}${String(large)}end of ${round}\n`;
      expect(readFileSync(`${path}.${round}`, "utf8") === expected).toBe(true);
    }
    await out.close();
    expect(readFileSync(path, "utf8")).toBe("start of 20\n");
    const links = (await readdir("/proc/self/fd")).map((fd) =>
      readlink(`/proc/self/fd/${fd}`).catch(() => ""),
    );
    expect((await Promise.all(links)).filter((link) => link.startsWith(folder.path))).toEqual([]);
  });

  it("goes on with the old file if the new one can't be opened", async () => {
    await mkdir(folder.at("logs"));
    const out = await open(folder.at("logs/log"), { io, flags: "a" });
    renameSync(folder.at("logs/log"), folder.at("log.1"));
    await rm(folder.at("logs"), { recursive: true });
    await expect(out.reopen()).rejects.toMatchObject({
      code: "ERR_AW_IO",
      cause: { code: "ENOENT" },
    });
    await out.writeAll("goes on\n");
    await out.close();
    expect(readFileSync(folder.at("log.1"), "utf8")).toBe("goes on\n");
  });

  it("is for files that are appended to, and that are open", async () => {
    const out = await open(folder.at("out"), { io });
    await expect(out.reopen()).rejects.toMatchObject({ code: "ERR_AW_UNSUPPORTED" });
    await out.close();
    const log = await open(folder.at("log"), { io, flags: "a" });
    await log.close();
    await expect(log.reopen()).rejects.toMatchObject({ code: "ERR_AW_CLOSED" });
  });
});
