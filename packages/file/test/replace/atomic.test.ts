import { chmodSync, readFileSync, readdirSync, statSync, symlinkSync } from "node:fs";
import { chown, mkdir, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { open } from "@aw/file";
import { temporaryFolder } from "@aw/testing/vitest";
import { describe, expect, it } from "vitest";
import { run } from "../children/run.ts";

const folder = temporaryFolder();

describe.each(["async", "sync"] as const)("atomic, %s", (io) => {
  it("leaves the old file in place until close, then the new one, and nothing else", async () => {
    const path = folder.at("config");
    await writeFile(path, "old");
    const out = await open(path, { io, atomic: true });
    await out.writeAll("new");
    await out.flush();
    expect(await readFile(path, "utf8")).toBe("old");
    await out.close();
    expect(await readFile(path, "utf8")).toBe("new");
    expect(readdirSync(folder.path)).toEqual(["config"]);
  });

  it("leaves the old file in place after an abort, and nothing else", async () => {
    const path = folder.at("config");
    await writeFile(path, "old");
    const out = await open(path, { io, atomic: true });
    await out.writeAll(Buffer.alloc(1_000_000));
    const flushed = out.flush();
    out.abort();
    // Nothing is waited for: a program that is ended by a signal leaves nothing either.
    expect(readdirSync(folder.path)).toEqual(["config"]);
    await flushed.catch(() => {});
    expect(await readFile(path, "utf8")).toBe("old");
    expect(readdirSync(folder.path)).toEqual(["config"]);
  });

  it("creates a new file with the mode asked for", async () => {
    const path = folder.at("new");
    const out = await open(path, { io, atomic: true, mode: 0o600 });
    await out.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(path).size).toBe(0);
  });

  it("keeps mode and owner of the file it replaces", async () => {
    const path = folder.at("config");
    await writeFile(path, "old");
    if (process.getuid?.() === 0) await chown(path, 1234, 4321);
    chmodSync(path, 0o4751);
    const before = await stat(path);
    const out = await open(path, { io, atomic: true, mode: 0o600 });
    await out.close();
    const { mode, uid, gid, ino } = await stat(path);
    expect({ mode, uid, gid }).toEqual({ mode: before.mode, uid: before.uid, gid: before.gid });
    expect(ino).not.toBe(before.ino);
  });

  it("replaces what a symbolic link points at, there or not", async () => {
    await mkdir(folder.at("far"));
    await writeFile(folder.at("far/config"), "old");
    symlinkSync("far/config", folder.at("link"));
    symlinkSync("far/none", folder.at("dangling"));
    for (const [link, target] of [
      ["link", "far/config"],
      ["dangling", "far/none"],
    ] as const) {
      const out = await open(folder.at(link), { io, atomic: true });
      await out.writeAll("new");
      await out.close();
      expect(await readlink(folder.at(link))).toBe(target);
      expect(readFileSync(folder.at(target), "utf8")).toBe("new");
    }
    expect(readdirSync(folder.at("far")).toSorted()).toEqual(["config", "none"]);
  });

  it("two at once: the one that closes last wins, whole", async () => {
    const path = folder.at("config");
    const [first, second] = [
      await open(path, { io, atomic: true }),
      await open(path, { io, atomic: true }),
    ];
    await first.writeAll("first, longer");
    await second.writeAll("second");
    await second.close();
    await first.close();
    expect(await readFile(path, "utf8")).toBe("first, longer");
    expect(readdirSync(folder.path)).toEqual(["config"]);
  });

  it("reports a folder that was removed underneath", async () => {
    await mkdir(folder.at("gone"));
    const out = await open(folder.at("gone/config"), { io, atomic: true });
    await out.writeAll("new");
    await out.flush();
    await rm(folder.at("gone"), { recursive: true });
    await expect(out.close()).rejects.toMatchObject({
      code: "ERR_AW_IO",
      cause: { code: "ENOENT" },
    });
  });
});

describe("atomic", () => {
  it("removes at the next open what a killed process left, never what a living one works on", async () => {
    const path = folder.at("config");
    await writeFile(path, "old");
    const living = await open(path, { atomic: true });
    await living.writeAll("from the living");
    await living.flush();
    const { signal } = await run("atomic-killed.ts", path);
    expect(signal).toBe("SIGKILL");
    expect(readdirSync(folder.path)).toHaveLength(3);
    const next = await open(path, { atomic: true });
    expect(readdirSync(folder.path)).toHaveLength(3);
    await next.writeAll("next");
    await next.close();
    await living.close();
    expect(await readFile(path, "utf8")).toBe("from the living");
    expect(readdirSync(folder.path)).toEqual(["config"]);
  });

  it("knows a process that only has the number of the dead one", async () => {
    const path = folder.at("config");
    const out = await open(path, { atomic: true });
    const [name = ""] = readdirSync(folder.path);
    const [, boot = "", namespace = "", pid = ""] =
      /\.([0-9a-f]+)-([0-9a-f]+)-(\d+)-/.exec(name) ?? [];
    const nameOf = (...mark: string[]) => `.config.${mark.join("-")}-000000000000.tmp`;
    // This process, had it started at another time; and another container, whose processes are unknown.
    const dead = nameOf(boot, namespace, pid, "1");
    const foreign = nameOf(boot, "00000000", "1", "1");
    await writeFile(folder.at(dead), "");
    await writeFile(folder.at(foreign), "");
    // An earlier start of this machine: nobody else can have this file system.
    await writeFile(folder.at(nameOf("00000000", namespace, pid, "1")), "");
    expect(readdirSync(folder.path)).toHaveLength(4);
    (await open(path, { atomic: true })).abort();
    expect(readdirSync(folder.path).toSorted()).toEqual([name, foreign].toSorted());
    out.abort();
  });

  it("refuses what is not a regular file, and options that contradict it", async () => {
    await expect(open("/dev/null", { atomic: true })).rejects.toMatchObject({
      code: "ERR_AW_UNSUPPORTED",
    });
    for (const options of [{ flags: "a" }, { flags: "wx" }, { position: 1 }] as const) {
      await expect(open(folder.at("x"), { atomic: true, ...options })).rejects.toMatchObject({
        code: "ERR_AW_INVALID_ARGUMENT",
      });
    }
  });
});
