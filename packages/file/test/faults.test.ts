import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./children/run.ts";

const HAS_COMPILER = process.platform === "linux" && spawnSync("gcc", ["--version"]).status === 0;
if (!HAS_COMPILER) process.stderr.write("SKIPPED: faults of every system call; they need gcc\n");

const EINVAL = 22;

const ALL = [
  ["EACCES", 13],
  ["ENOSPC", 28],
  ["EINVAL", EINVAL],
] as const;

/** What one failing call has led to. */
interface Outcome {
  call: string;
  error?: string;
  names: string[];
  texts: string[];
  uncaught: string[];
  lost: number;
}

const folder = mkdtempSync(join(tmpdir(), "aw-faults-"));
const shim = join(folder, "faults.so");
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!HAS_COMPILER)("every system call fails once", () => {
  beforeAll(() => {
    const source = join(import.meta.dirname, "children/faults.c");
    execFileSync("gcc", ["-shared", "-fPIC", "-o", shim, source, "-ldl", "-lpthread"]);
  });

  async function outcomes(kind: string, errno: number): Promise<Outcome[]> {
    const { code, stdout, stderr } = await run(
      "preloaded.ts",
      shim,
      "faults.ts",
      kind,
      folder,
      String(errno),
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const found = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Outcome);
    expect(found.length).toBeGreaterThan(8);
    return found;
  }

  /** Each settles, with an error of ours or none, and nothing is thrown where nobody waits. */
  function expectSettled({ call, error, uncaught }: Outcome): void {
    expect({ call, uncaught }).toEqual({ call, uncaught: [] });
    expect(`${call}: ${error}`).toMatch(/: (undefined|ERR_AW_[A-Z_]+)$/);
  }

  const ERRNOS = [
    ["EIO", 5],
    // AGENTS.md names the long version.
    ...(process.env["AW_FAULTS"] === "all" ? ALL : []),
  ] as const;

  const CASES = (["async", "sync"] as const).flatMap((io) =>
    ERRNOS.map(([name, errno]) => [io, name, errno] as const),
  );

  it.each(CASES)(
    "atomic with lock, %s, %s: the old file is whole, or the new one",
    async (io, _, errno) => {
      const all = await outcomes(`replace-${io}`, errno);
      // A new name that may not be on the disk is a failure, unless the file system has no such call.
      const synced = all.filter(({ call }) => call === "fsync .");
      expect(synced).toHaveLength(1);
      expect(String(synced[0]?.error)).toMatch(errno === EINVAL ? /^undefined$/ : /^ERR_AW_/);
      for (const outcome of all) {
        const { call, error, names, texts } = outcome;
        expectSettled(outcome);
        const text = texts.join();
        expect({ call, text, isOne: ["old\n", "new\n"].includes(text) }).toMatchObject({
          isOne: true,
        });
        if (error === undefined) expect({ call, text }).toEqual({ call, text: "new\n" });
        // What could not be removed is left, and nothing else.
        const isLeft = (name: string): boolean => name !== "file" && !call.startsWith("unlink");
        expect({ call, left: names.filter(isLeft) }).toEqual({ call, left: [] });
      }
    },
  );

  it.each(CASES)(
    "write, %s, %s: a failure is told, and nothing else is left",
    async (io, _, errno) => {
      for (const outcome of await outcomes(`write-${io}`, errno)) {
        const { call, error, names, texts } = outcome;
        expectSettled(outcome);
        if (error === undefined) expect({ call, texts }).toEqual({ call, texts: ["new\n"] });
        const isLeft = (name: string): boolean => name !== "file" && !call.startsWith("unlink");
        expect({ call, left: names.filter(isLeft) }).toEqual({ call, left: [] });
      }
    },
  );

  it.each(CASES)("append and reopen, %s, %s: whole lines", async (io, _, errno) => {
    for (const outcome of await outcomes(`append-${io}`, errno)) {
      const { call, error, names, texts } = outcome;
      expectSettled(outcome);
      expect(`${call}: ${texts.join()}`).toMatch(/: old\n(one\n)?(two\n)?$/);
      if (error === undefined)
        expect({ call, texts }).toEqual({ call, texts: ["old\none\ntwo\n"] });
      const isLeft = (name: string): boolean => name !== "file" && !call.startsWith("unlink");
      expect({ call, left: names.filter(isLeft) }).toEqual({ call, left: [] });
    }
  });

  it.each(CASES)(
    "rotating and compressing, %s, %s: every line once, or counted",
    async (io, _, errno) => {
      for (const outcome of await outcomes(`rotate-${io}`, errno)) {
        const { call, error, names, texts, lost } = outcome;
        expectSettled(outcome);
        const lines = texts
          .join("")
          .split("\n")
          .filter((line) => line !== "")
          .toSorted();
        const isOpened = !(error !== undefined && lines.length === 0 && lost === 0);
        const unique = [...new Set(lines)];
        // Both the plain file and the compressed one may be left, if the former could not be removed.
        if (!call.startsWith("unlink")) expect({ call, lines }).toEqual({ call, lines: unique });
        if (isOpened) expect({ call, lines: unique.length + lost }).toEqual({ call, lines: 3 });
        const isLeft = (name: string): boolean =>
          !/^file(\.\d+(\.gz)?)?$/.test(name) && !call.startsWith("unlink");
        expect({ call, left: names.filter(isLeft) }).toEqual({ call, left: [] });
      }
    },
  );
});
