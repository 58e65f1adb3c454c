import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { Running } from "@aw/testing";
import { describe, expect, it } from "vitest";
import type { Receipt } from "../src/live/snapshot.ts";
import { runRelay } from "./running-relay.ts";

/** What the commands need, beside Node. scripts/setup-debian.sh installs them. */
const TOOLS = ["curl", "gzip", "openssl", "socat"];

const REPOSITORY = join(import.meta.dirname, "../../..");

describe("the command", () => {
  it("explains itself", async () => {
    const { code, stdout } = await runRelay("--help").ended;
    expect(code).toBe(0);
    expect(String(stdout)).toContain("--once");
  });

  it.each(["--bogus", "--megabytes=many"])("refuses %s", async (argument) => {
    const { code, stderr } = await runRelay(argument).ended;
    expect(code).toBe(2);
    expect(stderr).toContain("--help");
  });

  it("ends after a verified table if it is not run by a terminal", async () => {
    const { code, stdout, stderr } = await runRelay("--megabytes=1").ended;
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(String(stdout).match(/│ yes/g)).toHaveLength(7);
  });

  it("ends with status 0 when it is stopped while data is under way", async () => {
    const relay = runRelay("--serve", "--megabytes=64");
    await relay.says(/The page/, "stdout");
    relay.child.kill("SIGINT");
    relay.child.kill("SIGTERM");
    expect(await relay.ended).toMatchObject({ code: 0, signal: null, stderr: "" });
  });
});

describe("what the command prints", () => {
  it("works as it is printed, and Ctrl-C ends it all", async (context) => {
    const relay = runRelay("--serve", "--megabytes=1");
    const printed = await relay.says(/From another terminal:\n\n([^]*)\n\nThe page/, "stdout");
    const page = await relay.says(/The page: (\S+)/, "stdout");
    expect(await (await fetch(page)).text()).toContain("<!doctype html>");

    const lines = printed.split("\n").filter((line) => !line.startsWith("  #"));
    expect(lines.length).toBeGreaterThan(10);
    const list = `${page}uploads`;
    const absent = TOOLS.filter((tool) => spawnSync("which", [tool]).status !== 0);
    const run = lines.filter((line) => !absent.some((tool) => line.includes(`${tool} `)));
    // One after the other, as people type: several `npx` at a time share one folder.
    for (const line of run) await runAsPrinted(line.trim(), list);

    const certificate = /--ca (\S+)/.exec(printed)?.[1] ?? "";
    expect(existsSync(certificate)).toBe(true);
    relay.child.kill("SIGINT");
    expect(await relay.ended).toMatchObject({ code: 0, signal: null, stderr: "" });
    expect(existsSync(dirname(certificate))).toBe(false);
    context.skip(absent.length > 0, `not installed, and so not run: ${absent.join(", ")}`);
  });
});

/** By a shell, in the folder of the repository; then looks whether it had the effect that it says. */
async function runAsPrinted(line: string, list: string): Promise<void> {
  const { code, stdout, stderr } = await new Running("sh", ["-c", line], { cwd: REPOSITORY }).ended;
  expect({ line, code, stderr }).toMatchObject({ line, code: 0 });
  const answer = String(stdout);
  if (/socat|aw send|-T/.test(line)) {
    expect({ line, answer, stderr }).not.toMatchObject({ answer: "" });
    expect(await receipts(list)).toContainEqual(JSON.parse(answer));
  }
  if (line.endsWith("/uploads")) expect(JSON.parse(answer)).toBeInstanceOf(Array);
  if (line.endsWith("/metrics")) expect(answer).toContain("relay_uploads_stored_total");
  // It has gone before the relay was done.
  if (line.includes("openssl")) await receiptWhere(list, isByOpenssl);
}

/** Waits for it. */
async function receiptWhere(list: string, wanted: (receipt: Receipt) => boolean): Promise<void> {
  while (!(await receipts(list)).some(wanted));
}

/** The demo's own come with zstd. */
function isByOpenssl({ route, encoding }: Receipt): boolean {
  return route === "tls" && encoding === "identity";
}

async function receipts(list: string): Promise<Receipt[]> {
  return (await (await fetch(list)).json()) as Receipt[];
}
