import { spawn } from "node:child_process";
import { once } from "node:events";
import type * as fs from "node:fs";
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import { isProcessAlive, ownStart } from "../../src/replace/process-life.ts";
import type { Faults } from "../failing-fs.ts";

const { failing, systemError } = await vi.hoisted(() => import("../failing-fs.ts"));
const faults = vi.hoisted((): Faults => new Map());
vi.mock("node:fs", async (importOriginal) =>
  failing(await importOriginal<typeof fs>(), faults, ["readFileSync"]),
);
afterEach(() => {
  faults.clear();
  vi.restoreAllMocks();
});

/** What the system says of a process: its name, its state, and when it started. */
function statOf(pid: number): { state: string; start: string } {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const [, state = "", start = ""] = /^\d+ \(.*\) (\S)(?: \S+){18} (\d+) /s.exec(stat) ?? [];
  return { state, start };
}

describe("a process", () => {
  it("is known by its number and its start", () => {
    const start = ownStart();
    expect(start).toBe(statOf(process.pid).start);
    expect(isProcessAlive(process.pid, start)).toBe(true);
    expect(isProcessAlive(process.pid, String(Number(start) + 1))).toBe(false);
  });

  it("that is not there is not alive, whatever its start", () => {
    for (const start of ["0", "1"]) expect(isProcessAlive(2 ** 22 + 1, start)).toBe(false);
  });

  it("whose start is not known may be the one", () => {
    expect(isProcessAlive(process.pid, "0")).toBe(true);
  });

  it("that may not be sent a signal is there", () => {
    vi.spyOn(process, "kill").mockImplementation(() => {
      throw systemError("EPERM");
    });
    expect(isProcessAlive(process.pid, ownStart())).toBe(true);
    expect(isProcessAlive(process.pid, "1")).toBe(false);
  });

  it("that has ended is not alive, though nobody has asked for its end yet", async () => {
    const child = spawn("true");
    const pid = child.pid as number;
    // Node asks for it in a later turn.
    while (statOf(pid).state !== "Z");
    const { start } = statOf(pid);
    expect(isProcessAlive(pid, start)).toBe(false);
    await once(child, "exit");
  });
});

describe("where the system does not tell", () => {
  it("no start is known, and who is there may be the one", () => {
    faults.set("readFileSync", systemError("ENOENT"));
    expect(ownStart()).toBe("0");
    for (const start of ["0", "1"]) expect(isProcessAlive(process.pid, start)).toBe(true);
    expect(isProcessAlive(2 ** 22 + 1, "1")).toBe(false);
  });
});
