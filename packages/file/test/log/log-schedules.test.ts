import { readdirSync, readFileSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import { logDestination, open, rotating, type FileWriter } from "@aw/file";
import { Random, SEED } from "@aw/testing";
import { temporaryFolder } from "@aw/testing/vitest";
import { expect, it } from "vitest";

const SCHEDULES = Number(process.env["FILE_SCHEDULES"] ?? 40);
const STEPS = 60;

const folder = temporaryFolder();

const KINDS: Record<string, (path: string) => Promise<FileWriter>> = {
  "a file, by the thread pool": (path) => open(path, { flags: "a", io: "async" }),
  "a file, synchronously": (path) => open(path, { flags: "a", io: "sync" }),
  "a rotating log, by the thread pool": (path) =>
    rotating(path, { io: "async", maxBytes: 20_000, keep: 10_000 }),
  "a rotating log, synchronously": (path) =>
    rotating(path, { io: "sync", maxBytes: 20_000, keep: 10_000 }),
};

/** The long version has `FILE_SCHEDULES` of them. */
it.each(Object.keys(KINDS))(
  `%s: lines, flushes and reopens at random moments, AW_SEED=${SEED}`,
  async (kind) => {
    for (let seed = SEED; seed < SEED + SCHEDULES; seed++) {
      await run(kind, seed, new Random(seed));
    }
  },
  60_000,
);

async function run(kind: string, seed: number, random: Random): Promise<void> {
  const name = `${seed}.log`;
  const out = await (KINDS[kind] as (path: string) => Promise<FileWriter>)(folder.at(name));
  const log = logDestination(out);
  const flushes: Promise<unknown>[] = [];
  let given = "";
  const flush = (): void => {
    flushes.push(new Promise((resolve) => log.flush(resolve)));
  };
  const write = (length: number): void => {
    const line = `${given.length} ${"x".repeat(length)}\n`;
    given += line;
    log.write(line);
  };
  const steps: (() => unknown)[] = [
    () => write(random.int(0, 200)),
    () => write(random.int(0, 200)),
    () => write(random.int(0, 5_000)),
    () => write(random.chance(0.1) ? 700_000 : 10),
    flush,
    () => log.flushSync(),
    () => turn(),
    () => turn(),
    () => {
      if (kind.startsWith("a file")) flushes.push(out.reopen());
    },
  ];
  for (let step = 0; step < STEPS; step++) await random.pick(steps)();
  // Before the end of the log: that would release those who wait.
  flush();
  expect(await Promise.all(flushes)).toEqual(flushes.map(() => undefined));
  await new Promise((resolve) => log.end(resolve));
  expect(contentOf(name) === given, `AW_SEED=${seed}`).toBe(true);
}

/** Of all files of the log, the oldest first. */
function contentOf(name: string): string {
  const archives = readdirSync(folder.path)
    .filter((file) => file.startsWith(`${name}.`))
    .toSorted((a, b) => Number(b.slice(name.length + 1)) - Number(a.slice(name.length + 1)));
  return [...archives, name].map((file) => readFileSync(folder.at(file), "utf8")).join("");
}
