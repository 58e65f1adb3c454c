import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  readFileSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { AsyncWriteError } from "@aw/core";
import { open, rotating } from "@aw/file";
import { temporaryFolder } from "@aw/testing/vitest";
import { describe, expect, it } from "vitest";

const folder = temporaryFolder();
const IS_ROOT = process.getuid?.() === 0;
const names = () => readdirSync(folder.path).toSorted();
const accessOf = (name: string) => {
  const { mode, uid, gid } = lstatSync(folder.at(name));
  return { mode: (mode & 0o7777).toString(8), uid, gid };
};

describe("what is derived of a file is as protected as that", () => {
  it.each(["async", "sync"] as const)("a log that rotates and compresses, %s", async (io) => {
    writeFileSync(folder.at("log"), "", { mode: 0o600 });
    if (IS_ROOT) chownSync(folder.at("log"), 1234, 4321);
    chmodSync(folder.at("log"), 0o620);
    const access = accessOf("log");
    const options = { maxBytes: 10, io, compress: "gzip" } as const;
    const log = await rotating(folder.at("log"), options);
    for (const line of ["one\n", "two, long\n", "three\n"]) await log.writeAll(line);
    await log.close();
    expect(names()).toEqual(["log", "log.1.gz", "log.2.gz"]);
    for (const name of names()) expect({ name, ...accessOf(name) }).toEqual({ name, ...access });
  });

  it.each(["async", "sync"] as const)("a replacement, before close too, %s", async (io) => {
    writeFileSync(folder.at("file"), "old");
    chmodSync(folder.at("file"), 0o664);
    const out = await open(folder.at("file"), { io, atomic: true });
    await out.writeAll("a secret for now");
    await out.flush();
    const [temporary = ""] = names();
    expect(accessOf(temporary).mode).toBe("600");
    await out.close();
    expect(accessOf("file").mode).toBe("664");
  });

  it.skipIf(!IS_ROOT)("set-user-id does not come from a file with a second name", async () => {
    writeFileSync(folder.at("file"), "old");
    chmodSync(folder.at("file"), 0o4755);
    linkSync(folder.at("file"), folder.at("second"));
    await (await open(folder.at("file"), { atomic: true })).close();
    expect(accessOf("file").mode).toBe("755");
    expect(accessOf("second").mode).toBe("4755");
  });

  const MAY_UNSHARE = spawnSync("unshare", ["--user", "--map-root-user", "true"]).status === 0;
  it.skipIf(!IS_ROOT || !MAY_UNSHARE)(
    "an owner who does not exist in the user namespace is no reason to fail",
    () => {
      writeFileSync(folder.at("file"), "old");
      chownSync(folder.at("file"), 1234, 4321);
      chmodSync(folder.at("file"), 0o664);
      const program = join(import.meta.dirname, "../children/replace-once.ts");
      const node = [process.execPath, "--conditions=@aw/source", "--no-warnings", program];
      const args = ["--user", "--map-root-user", ...node, folder.at("file"), "async"];
      execFileSync("unshare", args, { stdio: "pipe" });
      expect(readFileSync(folder.at("file"), "utf8")).toBe("new\n");
      // Its group can't be given: it is not this one's group that may write now.
      expect(accessOf("file")).toEqual({ mode: "644", uid: 0, gid: 0 });
    },
  );
});

describe("a folder in which others may write", () => {
  it.each(["a link", "another file"])(
    "%s in the place of the temporary file: nothing foreign changes, and close says so",
    async (what) => {
      writeFileSync(folder.at("config"), "old");
      writeFileSync(folder.at("foreign"), "theirs", { mode: 0o600 });
      const before = accessOf("foreign");
      if (IS_ROOT) chownSync(folder.at("config"), 1234, 4321);
      chmodSync(folder.at("config"), 0o666);
      const out = await open(folder.at("config"), { atomic: true });
      await out.writeAll("new");
      const temporary = names().find((name) => name.startsWith(".config")) ?? "";
      renameSync(folder.at(temporary), folder.at("moved"));
      if (what === "a link") symlinkSync("foreign", folder.at(temporary));
      else writeFileSync(folder.at(temporary), "swapped");
      await expect(out.close()).rejects.toMatchObject({
        code: "ERR_AW_IO",
        message: /another file/,
      });
      expect(accessOf("foreign")).toEqual(before);
      expect(readFileSync(folder.at("foreign"), "utf8")).toBe("theirs");
      expect(readFileSync(folder.at("config"), "utf8")).toBe("old");
      // What is not ours is not ours to remove.
      expect(names()).toEqual([temporary, "config", "foreign", "moved"]);
    },
  );

  it("links and pipes in the place of old files are neither read nor waited for", async () => {
    writeFileSync(folder.at("secret"), "not for the archive\n");
    symlinkSync("secret", folder.at("log.1"));
    execFileSync("mkfifo", [folder.at("log.2")]);
    const errors: string[] = [];
    const onError = ({ message }: AsyncWriteError) => void errors.push(message);
    const log = await rotating(folder.at("log"), { maxBytes: 100, compress: "gzip", onError });
    await log.close();
    expect(errors).toHaveLength(2);
    for (const error of errors) expect(error).toMatch(/is not a regular file; it stays as it is/);
    expect(names()).toEqual(["log", "log.1", "log.2", "secret"]);
    expect(statSync(folder.at("secret")).size).toBe(20);
  });

  it("a link in the place of the next log is not followed", async () => {
    writeFileSync(folder.at("foreign"), "theirs\n");
    const log = await rotating(folder.at("log"), { maxBytes: 100, lock: false, onError: () => {} });
    await log.writeAll("before\n");
    await log.flush();
    renameSync(folder.at("log"), folder.at("log.1"));
    symlinkSync("foreign", folder.at("log"));
    await log.writeAll(`${"x".repeat(95)}\n`);
    await log.close();
    expect(readFileSync(folder.at("foreign"), "utf8")).toBe("theirs\n");
    // It goes on in the file that it has.
    expect(readFileSync(folder.at("log.1"), "utf8")).toBe(`before\n${"x".repeat(95)}\n`);
  });
});
