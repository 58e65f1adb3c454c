import { execFile, execFileSync } from "node:child_process";
import { closeSync, openSync, readSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { AW, run, start } from "../aw.ts";
import { temporaryFolder } from "@aw/testing/vitest";

const folder = temporaryFolder();
const TEXT = Array.from({ length: 200_000 }, (_, index) => `line ${index}\n`).join("");

/** Runs a line of bash, in which `$AW` is the command. */
async function bash(line: string): Promise<string> {
  const env = { ...process.env, AW, LC_ALL: "C" };
  const options = { cwd: folder.path, env, maxBuffer: 1e8 };
  return (await promisify(execFile)("bash", ["-c", `set -o pipefail; ${line}`], options)).stdout;
}

describe("what it compresses, the ordinary tools read", () => {
  it.each([
    ["--gzip", "gzip"],
    ["--gzip=9 --parallel=3", "gzip"],
    ["--zstd", "zstd"],
    ["--zstd=-5 --parallel", "zstd"],
    ["--brotli=1", "brotli"],
  ])("%s | %s -d", async (layers, tool) => {
    writeFileSync(folder.at("in"), TEXT);
    expect((await bash(`$AW pipe ${layers} < in | ${tool} -dc`)) === TEXT).toBe(true);
  });

  it("and the other way, whichever it is", async () => {
    writeFileSync(folder.at("in"), TEXT);
    for (const tool of ["gzip", "zstd"]) {
      expect((await bash(`${tool} -c in | $AW pipe --decompress`)) === TEXT).toBe(true);
    }
    expect((await bash("brotli -q 1 -c in | $AW pipe --unbrotli")) === TEXT).toBe(true);
    expect((await bash("$AW pipe --deflate in | $AW pipe --inflate")) === TEXT).toBe(true);
  });
});

it("layers stand in the order in which the bytes meet them", async () => {
  // 100,000 zeros are some hundred bytes of gzip: what comes after it may be limited to 1 KiB.
  const zeros = Buffer.alloc(100_000);
  const fits = await run(["pipe", "--gzip", "--limit", "1KiB"], zeros);
  expect(gunzipSync(fits.stdout).equals(zeros)).toBe(true);
  const { code, stderr, stdout } = await run(["pipe", "--limit=1KiB", "--gzip"], zeros);
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^aw pipe: ERR_AW_LIMIT: .*\n$/)]);
  expect(() => gunzipSync(stdout)).toThrow();
});

it("a layer may come twice, and a bomb is stopped", async () => {
  const bomb = gzipSync(gzipSync(Buffer.alloc(5_000_000)));
  const layers = ["--gunzip", "--gunzip", "--limit=1MB"];
  expect((await run(["pipe", ...layers], bomb)).stderr).toContain("ERR_AW_LIMIT");
});

it("reads files one after the other, and standard input between them", async () => {
  writeFileSync(folder.at("a"), "one ");
  writeFileSync(folder.at("b"), "three\n");
  const args = ["pipe", folder.at("a"), "-", "--buffer", "64KiB", "--", folder.at("b")];
  const { code, stdout } = await run(args, "two ");
  expect([code, stdout.toString()]).toEqual([0, "one two three\n"]);
});

it("goes on in a file where another program has stopped reading, and reads it once", async () => {
  writeFileSync(folder.at("in"), "head\nrest\n");
  const fd = openSync(folder.at("in"), "r");
  readSync(fd, Buffer.alloc(5));
  const { code, stdout } = await start(["pipe", "-", "-"], { stdio: [fd, "pipe", "pipe"] }).ended;
  closeSync(fd);
  expect([code, stdout.toString()]).toEqual([0, "rest\n"]);
});

it("nothing in is a valid empty stream out", async () => {
  expect(gunzipSync((await run(["pipe", "--gzip"])).stdout).length).toBe(0);
});

it("--throttle and --progress: a line on standard error, and all the bytes", async () => {
  const args = ["pipe", "--gzip", "--throttle=100MB/s", "--progress"];
  const { code, stdout, stderr } = await run(args, TEXT);
  expect(code).toBe(0);
  expect(gunzipSync(stdout).toString() === TEXT).toBe(true);
  const out = (stdout.length / 1000).toFixed(1);
  expect(stderr).toContain(`aw pipe: ${(TEXT.length / 1e6).toFixed(1)} MB in, ${out} kB out, `);
  expect(stderr).toMatch(/\/s, waited \d+\.\d s for the target\n$/);
});

it("--progress on a terminal is a line that moves", async () => {
  writeFileSync(folder.at("in"), TEXT);
  const shown = execFileSync("script", ["-qec", `${AW} pipe --progress in > out`, "/dev/null"], {
    cwd: folder.path,
    encoding: "utf8",
  });
  expect(shown).toContain("100 %");
  expect(shown).toContain("aw pipe: 2.3 MB in, 2.3 MB out");
});

describe("failures", () => {
  it("a full disk is ERR_AW_NO_SPACE", async () => {
    const full = openSync("/dev/full", "w");
    const running = start(["pipe", "--gzip"], { stdio: ["pipe", full, "pipe"] });
    running.stdin.end(TEXT);
    const { code, stderr } = await running.ended;
    closeSync(full);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^aw pipe: ERR_AW_NO_SPACE: .*\n$/)]);
  });

  it("one ends it while standard input is still open", async () => {
    const running = start(["pipe", "--limit=1B"]);
    running.stdin.write("two");
    const { code, stderr } = await running.ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining("ERR_AW_LIMIT")]);
  });

  it("a reader that has enough ends it quietly", async () => {
    const line = "yes | $AW pipe --gzip 2> err | head -c 1 | wc -c; echo ${PIPESTATUS[1]}";
    expect((await bash(`${line}; cat err`)).split("\n")).toEqual(["1", "141", ""]);
  });

  it("what is no gzip, or ends too early, is an error", async () => {
    expect((await run(["pipe", "--gunzip"], "plain text")).stderr).toContain("ERR_AW_CORRUPT");
    const cut = gzipSync(TEXT).subarray(0, -1);
    const { code, stderr } = await run(["pipe", "--gunzip"], cut);
    expect([code, stderr]).toEqual([1, expect.stringContaining("ERR_AW_TRUNCATED")]);
  });

  it("what can't be read is known before anything is written", async () => {
    writeFileSync(folder.at("a"), "a");
    for (const [path, why] of [
      [folder.at("missing"), "ENOENT"],
      [folder.path, "is a folder"],
    ] as const) {
      const { code, stdout, stderr } = await run(["pipe", "--gzip", folder.at("a"), path]);
      expect([code, stdout.length]).toEqual([1, 0]);
      expect(stderr).toMatch(new RegExp(`^aw pipe: ERR_AW_IO: .*${why}.*\n$`));
    }
  });

  it.each(["SIGINT", "SIGTERM"] as const)("%s ends it as that signal does", async (signal) => {
    const running = start(["pipe", "--progress"]);
    running.stdin.write("begun\n");
    await running.says(/begun/, "stdout");
    running.child.kill(signal);
    const ended = await running.ended;
    expect(ended.signal).toBe(signal);
    expect(ended.stderr).toContain("6 B in, 6 B out");
  });
});
