import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, watch, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { run, start } from "../aw.ts";
import { temporaryFolder } from "@aw/testing/vitest";

const folder = temporaryFolder();
const read = (name: string) => readFileSync(folder.at(name), "utf8");

it("a file is written, replaced, appended to", async () => {
  expect((await run(["send", folder.at("out")], "one\n")).code).toBe(0);
  expect(read("out")).toBe("one\n");
  await run(["send", `file:${folder.at("out")}`, "--append"], "two\n");
  expect(read("out")).toBe("one\ntwo\n");
  await run(["send", folder.at("out"), "-", "--atomic", "--durability=full"], "three\n");
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
  const running = start(["send", folder.at("out"), "-", "--atomic"]);
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
  const { code, stderr } = await run(
    ["send", folder.at("out"), "-", "--atomic", "--gunzip"],
    "no gzip",
  );
  expect([code, stderr]).toEqual([1, expect.stringContaining("ERR_AW_CORRUPT")]);
  expect(read("out")).toBe("old");
  expect(readdirSync(folder.path)).toEqual(["out"]);
  mkdirSync(folder.at("folder"));
  expect((await run(["send", folder.at("folder")])).stderr).toContain("ERR_AW_IO");
  expect((await run(["send", folder.at("none/out")])).stderr).toContain("ENOENT");
});

describe("a file that may have been meant to be sent is not overwritten", () => {
  it.each([[], ["--atomic"], ["--gzip"], ["--durability=full"]])(
    "alone, with %j",
    async (...more) => {
      writeFileSync(folder.at("log"), "precious\n");
      for (const named of [folder.at("log"), `file:${folder.at("log")}`]) {
        const { code, stderr } = await run(["send", named, ...more], "not this\n");
        expect([code, stderr]).toEqual([2, expect.stringContaining(`aw send ${named} - writes`)]);
        expect(read("log")).toBe("precious\n");
      }
      expect(readdirSync(folder.path)).toEqual(["log"]);
    },
  );

  it("as the first of several, as `*.log` names them", async () => {
    const names = ["a.log", "b.log", "c.log"].map((name) => folder.at(name));
    for (const name of names) writeFileSync(name, "precious\n");
    const { code, stderr } = await run(["send", ...names]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("so it is the target")]);
    expect(read("a.log")).toBe("precious\n");
    const [first, ...rest] = names;
    expect((await run(["send", `file:${first}`, ...rest])).code).toBe(0);
    expect(read("a.log")).toBe("precious\nprecious\n");
  });

  it("and is where the command line says so", async () => {
    writeFileSync(folder.at("log"), "old\n");
    await run(["send", folder.at("log"), "--append"], "more\n");
    expect(read("log")).toBe("old\nmore\n");
    await run(["send", folder.at("log"), "-"], "new\n");
    expect(read("log")).toBe("new\n");
    // There is nothing to lose in a device.
    expect((await run(["send", "/dev/null"], "x")).code).toBe(0);
  });
});

it("a name with a colon is a file where that is said", async () => {
  for (const name of [folder.at("localhost:9000"), `file:${folder.at("log:1")}`]) {
    expect((await run(["send", name], "x")).code).toBe(0);
  }
  expect(readdirSync(folder.path)).toEqual(["localhost:9000", "log:1"]);
});
