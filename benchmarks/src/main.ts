/** `pnpm bench [filter] [--runs N] [--json FILE] [--scale X]`: ours and the peers, interleaved. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { BenchCase } from "./bench-case.ts";
import { cases } from "./cases.ts";

interface Result {
  case: string;
  subject: string;
  unit: string;
  median: number;
  min: number;
  max: number;
  /** Ours, the first subject, divided by this one so that above 1 is better. */
  ratio: number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: "string", default: "5" },
    json: { type: "string" },
    scale: { type: "string", default: "1" },
  },
});
const runs = Number(values.runs);
const chosen = cases.filter(({ name }) => positionals.every((filter) => name.includes(filter)));

const results = chosen.flatMap((each) => {
  const rows = compare(each);
  console.log(`\n${each.name} (${each.unit}, median of ${runs}, min to max)`);
  for (const { subject, median, min, max, ratio } of rows) {
    const spread = `${format(min)} to ${format(max)}`;
    console.log(
      `  ${subject.padEnd(24)}${format(median).padStart(10)}   ${spread.padEnd(24)} x ${ratio.toFixed(2)}`,
    );
  }
  return rows;
});

if (values.json !== undefined) {
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? "unknown"}`;
  writeFileSync(
    values.json,
    `${JSON.stringify({ machine, node: process.version, results }, undefined, 2)}\n`,
  );
}

/** Runs all subjects in turn, so that a noisy moment hits each of them. */
function compare({ name, unit, subjects }: BenchCase): Result[] {
  const figures = new Map(Object.keys(subjects).map((subject) => [subject, [] as number[]]));
  for (let run = 0; run < runs; run++) {
    for (const [subject, list] of figures) list.push(measure(name, subject));
  }
  const rows = [...figures].map(([subject, list]) => {
    const sorted = list.toSorted((a, b) => a - b);
    const median = sorted[sorted.length >> 1] as number;
    return { subject, median, min: sorted[0] as number, max: sorted.at(-1) as number };
  });
  const ours = rows[0]?.median ?? 0;
  return rows.map((row) => ({
    case: name,
    unit,
    ...row,
    ratio: unit === "MB/s" ? ours / row.median : row.median / ours,
  }));
}

function measure(name: string, subject: string): number {
  const script = join(import.meta.dirname, "measure.ts");
  const args = ["--expose-gc", "--conditions=@aw/source", script, name, subject, values.scale];
  return Number(execFileSync(process.execPath, args, { encoding: "utf8" }));
}

function format(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
