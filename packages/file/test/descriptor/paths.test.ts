import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { open, rotating, type FileWriter } from "@aw/file";
import { temporaryFolder } from "@aw/testing/vitest";
import { describe, expect, it } from "vitest";
import { run } from "../children/run.ts";
import { MAY_MOUNT } from "../mounted.ts";

const folder = temporaryFolder();

const WAYS: Record<string, (path: string) => Promise<FileWriter>> = {
  write: (path) => open(path),
  durable: (path) => open(path, { durability: "data" }),
  append: (path) => open(path, { flags: "a" }),
  atomic: (path) => open(path, { atomic: true }),
  lock: (path) => open(path, { lock: true }),
  rotating: (path) => rotating(path, { maxBytes: 100 }),
};

/** Writes a line. Returns "ok", or the code of the error and that of its cause. */
async function attempt(way: string, path: string): Promise<string> {
  try {
    const out = await (WAYS[way] as (path: string) => Promise<FileWriter>)(path);
    await out.writeAll("new\n");
    await out.close();
    return "ok";
  } catch (error) {
    const { code, cause } = error as { code: string; cause?: { code?: string } };
    return cause?.code === undefined ? code : `${code} ${cause.code}`;
  }
}

const ASCII = "n".repeat(255);
const UMLAUTS = `${"\u00fc".repeat(127)}a`;
const EMOJI = `${"\u{1f600}".repeat(63)}abc`;
const INVALID = "ERR_AW_INVALID_ARGUMENT";

/** What is expected of each way, in the order of `WAYS`. */
const PATHS: [string, string, string[]][] = [
  ["255 bytes", ASCII, ["ok", "ok", "ok", "ok", INVALID, INVALID]],
  ["255 bytes of umlauts", UMLAUTS, ["ok", "ok", "ok", "ok", INVALID, INVALID]],
  ["255 bytes of emoji", EMOJI, ["ok", "ok", "ok", "ok", INVALID, INVALID]],
  ["238 bytes", "n".repeat(238), ["ok", "ok", "ok", "ok", "ok", "ok"]],
  ["a slash at the end", "new/", Array.from({ length: 6 }, () => INVALID)],
  ["a slash behind a file", "plain/", Array.from({ length: 6 }, () => INVALID)],
  ["NUL", "a\0b", Array.from({ length: 6 }, () => INVALID)],
  ["blanks, quotes and line ends", " a 'b\"\n", Array.from({ length: 6 }, () => "ok")],
  [
    "256 bytes",
    `${ASCII}x`,
    [
      ...Array.from({ length: 4 }, () => "ERR_AW_IO ENAMETOOLONG"),
      INVALID,
      "ERR_AW_IO ENAMETOOLONG",
    ],
  ],
  ["no folder", "none/file", Array.from({ length: 6 }, () => "ERR_AW_IO ENOENT")],
  ["a file for a folder", "plain/file", Array.from({ length: 6 }, () => "ERR_AW_IO ENOTDIR")],
  ["a link to itself", "loop", Array.from({ length: 6 }, () => "ERR_AW_IO ELOOP")],
];

describe.each(Object.keys(WAYS))("paths, %s", (way) => {
  const at = Object.keys(WAYS).indexOf(way);

  it.each(PATHS)("%s", async (_, name, expected) => {
    writeFileSync(folder.at("plain"), "");
    symlinkSync("loop", folder.at("loop"));
    const path = `${folder.path}/${name}`;
    const result = await attempt(way, path);
    expect(result).toBe(expected[at]);
    if (result === "ok") expect(readFileSync(path, "utf8")).toBe("new\n");
    if (result === "ok") rmSync(path);
    expect(readdirSync(folder.path).toSorted()).toEqual(["loop", "plain"]);
  });

  it("a link to what does not exist yet makes that", async () => {
    await mkdir(folder.at("far"));
    symlinkSync("far/file", folder.at("link"));
    expect(await attempt(way, folder.at("link"))).toBe("ok");
    expect(readFileSync(folder.at("far/file"), "utf8")).toBe("new\n");
    expect(readdirSync(folder.path).toSorted()).toEqual(["far", "link"]);
    expect(readdirSync(folder.at("far"))).toEqual(["file"]);
  });

  it("a folder is no file", async () => {
    await mkdir(folder.at("logs"));
    expect(await attempt(way, folder.at("logs"))).toMatch(/^ERR_AW_(IO EISDIR|UNSUPPORTED)$/);
    expect(readdirSync(folder.path)).toEqual(["logs"]);
  });

  it.skipIf(!MAY_MOUNT)(
    "a single file that is mounted is written, or refused as it was",
    async () => {
      writeFileSync(folder.at("outside"), "old\n");
      writeFileSync(folder.at("a file"), "");
      execFileSync("mount", ["--bind", folder.at("outside"), folder.at("a file")]);
      try {
        const refused = ["atomic", "rotating"].includes(way);
        expect(await attempt(way, folder.at("a file"))).toBe(refused ? "ERR_AW_UNSUPPORTED" : "ok");
        const text = way === "append" ? "old\nnew\n" : refused ? "old\n" : "new\n";
        expect(readFileSync(folder.at("outside"), "utf8")).toBe(text);
        expect(readdirSync(folder.path).toSorted()).toEqual(["a file", "outside"]);
      } finally {
        execFileSync("umount", [folder.at("a file")]);
      }
    },
  );
});

it.skipIf(process.getuid?.() !== 0)(
  "a folder that can't be listed: what has to sync it is refused before anything is made",
  async () => {
    execFileSync("chmod", ["711", folder.path]);
    const { code, stdout, stderr } = await run("as-nobody.ts", folder.path);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      outcomes: {
        "a new file": "ok",
        "a new durable file": "ERR_AW_IO EACCES",
        "an old durable file": "ok",
        atomic: "ERR_AW_IO EACCES",
        rotating: "ERR_AW_IO EACCES",
      },
      left: ["file,file.old", "file.old", "file.old", "file.old", "file.old"],
    });
  },
);

it("the permission model of Node: what is allowed works, anything else is told", async () => {
  for (const name of ["allowed", "forbidden"]) {
    await mkdir(folder.at(name));
    for (const way of ["atomic", "lock"]) {
      writeFileSync(folder.at(`${name}/${way}`), "old\n", { mode: 0o640 });
    }
  }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      "--permission",
      "--allow-fs-read=*",
      `--allow-fs-write=${folder.at("allowed/*")}`,
      "--conditions=@aw/source",
      "--no-warnings",
      join(import.meta.dirname, "../children/permitted.ts"),
      folder.at("allowed"),
      folder.at("forbidden"),
    ],
    { encoding: "utf8" },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  // Node has disabled fsync there: it is known before anything is touched.
  const refused = ["ERR_AW_UNSUPPORTED", "ERR_AW_UNSUPPORTED"];
  const created = ["ok, 644", "ERR_AW_IO"];
  expect(JSON.parse(stdout)).toEqual({
    outcomes: {
      write: created,
      durable: refused,
      append: created,
      atomic: refused,
      lock: ["ok, 640", "ERR_AW_IO"],
      rotating: created,
      compressing: refused,
    },
    left: ["append", "atomic", "lock", "rotating", "write"],
    there: ["atomic", "lock"],
  });
  expect(readFileSync(folder.at("allowed/atomic"), "utf8")).toBe("old\n");
});
