import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, watch, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { run, start } from "../aw.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();
const read = (name: string) => readFileSync(folder.at(name), "utf8");

it("a file is written, replaced, appended to", async () => {
  expect((await run(["send", folder.at("out")], "one\n")).code).toBe(0);
  expect(read("out")).toBe("one\n");
  await run(["send", `file:${folder.at("out")}`, "--append"], "two\n");
  expect(read("out")).toBe("one\ntwo\n");
  await run(["send", folder.at("out"), "--atomic", "--durability=full"], "three\n");
  expect(read("out")).toBe("three\n");
  expect(readdirSync(folder.path)).toEqual(["out"]);
});

it("an input is not overwritten while it is read; with --atomic it may be replaced", async () => {
  writeFileSync(folder.at("log"), "precious\n");
  for (const more of [[], ["--append"]]) {
    const { code, stderr } = await run(["send", folder.at("log"), folder.at("log"), ...more]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("is the output too")]);
    expect(read("log")).toBe("precious\n");
  }
  await run(["send", folder.at("log"), folder.at("log"), "--atomic", "--gzip"]);
  expect(gunzipSync(readFileSync(folder.at("log"))).toString()).toBe("precious\n");
});

it.each(["SIGINT", "SIGTERM"] as const)("%s leaves the old file", async (signal) => {
  writeFileSync(folder.at("out"), "old");
  const watcher = watch(folder.path);
  const running = start(["send", folder.at("out"), "--atomic"]);
  // Its temporary file is there: it is open, and waits for the rest.
  running.stdin.write("half of what was to co");
  await once(watcher, "change");
  watcher.close();
  running.child.kill(signal);
  expect((await running.ended).signal).toBe(signal);
  expect(read("out")).toBe("old");
  expect(readdirSync(folder.path)).toEqual(["out"]);
});

it("what fails leaves the old file, and says why", async () => {
  writeFileSync(folder.at("out"), "old");
  const { code, stderr } = await run(["send", folder.at("out"), "--atomic", "--gunzip"], "no gzip");
  expect([code, stderr]).toEqual([1, expect.stringContaining("ERR_AW_CORRUPT")]);
  expect(read("out")).toBe("old");
  expect(readdirSync(folder.path)).toEqual(["out"]);
  mkdirSync(folder.at("folder"));
  expect((await run(["send", folder.at("folder")])).stderr).toContain("ERR_AW_IO");
  expect((await run(["send", folder.at("none/out")])).stderr).toContain("ENOENT");
});
