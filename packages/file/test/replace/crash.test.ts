import { once } from "node:events";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import type { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { open, rotating } from "@aw/file";
import { temporaryFolder } from "@aw/testing/vitest";
import { expect, it } from "vitest";
import { start } from "../children/run.ts";

const folder = temporaryFolder();

/** How many random moments a process is killed at; AGENTS.md names the long version. */
const MOMENTS = Number(process.env["AW_CRASHES"] ?? 5);
const TIMEOUT = 20_000 + MOMENTS * 2000;

/** When to kill: after so many reports of the child, and so many microseconds more. */
let seed = Number(process.env["AW_SEED"] ?? Date.now() % 1_000_000);
const firstSeed = seed;

function random(below: number): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed % below;
}

/** Runs a program, kills it at a random moment, and returns the last number that it reported. */
async function killed(program: string, ...args: readonly string[]): Promise<number> {
  const child = start(program, args, ["ignore", "pipe", "inherit"]);
  const output = child.stdout as Readable;
  let reported = "";
  let reports = random(6);
  output.on("data", (data) => {
    reported += String(data);
    if (reports-- > 0) return;
    const end = performance.now() + random(5000) / 1000;
    while (performance.now() < end);
    child.kill("SIGKILL");
  });
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  expect({ code, signal }).toEqual({ code: null, signal: "SIGKILL" });
  // A report that is cut off in the middle is none.
  return Number(reported.slice(0, reported.lastIndexOf("\n")).split("\n").at(-1) || -1);
}

/** All records of all files of a log, the oldest first, with what a crash has cut off. */
function recordsOf(path: string, name: string): string[] {
  const numberOf = (file: string) => Number(file.slice(name.length + 1).split(".")[0]);
  const names = readdirSync(path);
  const old = names.filter((file) => new RegExp(`^${name}\\.\\d`).test(file));
  // A crash between the rename of the full file and the opening of the next one leaves no current one.
  const current = names.includes(name) ? [name] : [];
  const files = [...old.toSorted((a, b) => numberOf(b) - numberOf(a)), ...current];
  return files.flatMap((file) => {
    const bytes = readFileSync(`${path}/${file}`);
    return String(file.endsWith(".gz") ? gunzipSync(bytes) : bytes).split("\n");
  });
}

/**
 * Checks the records of runs, and what the last run has reported. A run may end in a record that
 * is cut off, which nobody was promised.
 */
function expectRecords(records: readonly string[], lastRun: number, reported: number): void {
  let run = -1;
  let next = 0;
  let isCut = false;
  for (const record of records) {
    const [, itsRun, itsNumber, filling] = /^(\d+) (\d+) (x*)\.$/.exec(record) ?? [];
    if (itsRun === undefined) {
      const expected = `${run} ${next} ${"x".repeat(next % 300)}.`;
      const isStart = expected.startsWith(record) || /^\d+( (0( x*)?)?)?$/.test(record);
      if (!isStart) throw new Error(`after ${run} ${next - 1}: not a record: ${record}`);
      isCut ||= record !== "";
      continue;
    }
    if (Number(itsRun) > run) {
      run = Number(itsRun);
      next = 0;
    } else if (isCut) {
      throw new Error(`a record is cut off in the middle of run ${run}, before ${next}`);
    }
    isCut = false;
    const isNext = Number(itsRun) === run && Number(itsNumber) === next;
    if (!isNext) throw new Error(`after ${run} ${next - 1} comes ${itsRun} ${itsNumber}`);
    if (filling?.length !== next % 300) throw new Error(`record ${run} ${next} is not whole`);
    next++;
  }
  if (run < lastRun && reported >= 0) throw new Error(`run ${lastRun} has left nothing`);
  if (run === lastRun && next <= reported) {
    throw new Error(`${reported} was reported, and ${next - 1} is the last in the file`);
  }
}

it.each([
  ["append", "async"],
  ["append", "sync"],
  ["rotating", "async"],
  ["rotating", "sync"],
  ["compressing", "async"],
] as const)(
  `%s, %s: killed at random moments, every reported record is there, once and in order (AW_SEED=${firstSeed})`,
  async (kind, io) => {
    for (let moment = 0; moment < MOMENTS; moment++) {
      // Logs that rotate go on for a while with what the crashes before have left.
      const isNew = kind === "append" || moment % 10 === 0;
      if (isNew) await rm(folder.path, { recursive: true });
      if (isNew) await mkdir(folder.path);
      const path = folder.at("log");
      const reported = await killed("records.ts", path, kind, io, String(moment));
      if (kind === "compressing") {
        // Cleans up behind the crash, and compresses what it left.
        const options = { maxBytes: 20_000, keep: 100_000, compress: "gzip" } as const;
        await (await rotating(path, options)).close();
        const names = readdirSync(folder.path).filter((name) => name !== "log");
        expect(names.every((name) => /^log\.\d+\.gz$/.test(name))).toBe(true);
      }
      expectRecords(recordsOf(folder.path, "log"), moment, reported);
    }
  },
  TIMEOUT,
);

it.each(["async", "sync"] as const)(
  `atomic, %s: killed at random moments, the file is a complete one, the last reported or the next (AW_SEED=${firstSeed})`,
  async (io) => {
    const path = folder.at("file");
    for (let moment = 0; moment < MOMENTS; moment++) {
      await rm(path, { force: true });
      const reported = await killed("replacements.ts", path, io);
      if (!existsSync(path)) {
        expect(reported).toBe(-1);
        continue;
      }
      const [count, ...lines] = readFileSync(path, "utf8").trimEnd().split("\n");
      const version = Number(lines[0]?.split(" ")[0]);
      expect([reported, reported + 1]).toContain(version);
      expect(lines.length).toBe(Number(count));
      expect(lines.every((line, index) => line === `${version} ${index}`)).toBe(true);
    }
    (await open(path, { atomic: true })).abort();
    expect(readdirSync(folder.path)).toEqual(["file"]);
  },
  TIMEOUT,
);
