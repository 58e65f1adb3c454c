import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { temporaryFolder } from "@aw/testing/vitest";
import { describe, expect, it } from "vitest";
import { run } from "../children/run.ts";

/** It may be there, and not be allowed to trace. */
const MAY_TRACE =
  process.platform === "linux" && spawnSync("strace", ["-o", "/dev/null", "true"]).status === 0;
if (!MAY_TRACE) process.stderr.write("SKIPPED: the order of system calls; it needs strace\n");

const folder = temporaryFolder();

/** The calls in a log of strace that concern the folder, with short names for what they are about. */
function callsOf(log: string): string[] {
  const short = (text: string): string =>
    text
      .replaceAll(folder.path, "FOLDER")
      .replaceAll(/FOLDER\/\.config\.[0-9a-f]{8}-\S+?\.tmp/g, "TEMPORARY")
      .replaceAll(/FOLDER\/\.config\.lock\.\S+?\.tmp/g, "DRAFT")
      .replaceAll(/FOLDER\/\.aw-\w+\.(sock|tmp)/g, "SOCKET")
      .replaceAll("FOLDER/", "");
  return log
    .split("\n")
    .filter((line) => line.includes(folder.path) && !line.includes("resumed>"))
    .map((line) =>
      short(line.replace(/^\d+ +/, "").replace(/(\) += .*| *<unfinished \.\.\.>)$/, "")),
    );
}

describe.skipIf(!MAY_TRACE)("atomic with lock, as the kernel sees it", () => {
  it.each(["async", "sync"])("%s: each step after what it builds on", async (io) => {
    const path = folder.at("config");
    const log = folder.at("calls.log");
    writeFileSync(path, "old\n", { mode: 0o644 });
    const { code, stderr } = await run("traced.ts", log, "replace-once.ts", path, io);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const calls = callsOf(readFileSync(log, "utf8"));
    const steps = [
      /^openat\(.*"TEMPORARY", O_WRONLY\|O_CREAT\|O_EXCL\|O_NOFOLLOW\|O_CLOEXEC, 0600$/,
      /^p?write(64)?\(\d+<TEMPORARY>, "new\\n", 4(, 0)?$/,
      /^fchmod\(\d+<TEMPORARY>, 0644$/,
      /^fsync\(\d+<TEMPORARY>$/,
      /^rename\("TEMPORARY", "config"$/,
      /^fsync\(\d+<FOLDER>$/,
      /^unlink\("config\.lock"$/,
    ];
    const places = steps.map((step) => calls.flatMap((call, at) => (step.test(call) ? [at] : [])));
    // Each once, in this order.
    expect(
      places.map(({ length }) => length),
      calls.join("\n"),
    ).toEqual(steps.map(() => 1));
    expect(places.flat()).toEqual(places.flat().toSorted((a, b) => a - b));
    // After the lock only its socket goes.
    const after = calls.slice(
      calls.findIndex((call) => call.startsWith('unlink("config.lock"')) + 1,
    );
    expect(new Set(after)).toEqual(new Set(['unlink("SOCKET"']));
  });
});
