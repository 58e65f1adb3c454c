/**
 * `pnpm test:runtimes [--write] [RUNTIME...] [PACKAGE...]`: runs the conformance kit of every package and the example of
 * its README on every runtime, or of those named, and prints how many cases passed. `AW_SEEDS` says how many seeded
 * schedules (default: 20). `--write` puts what it prints into the documentation, if everything was run and nothing
 * is at fault.
 */
import { EXCEPTIONS } from "./exceptions.ts";
import { faultsOf } from "./judged.ts";
import { LIBRARIES, Matrix, type Runtime } from "./matrix.ts";
import { exceptionLines, writeIntoPage } from "./page.ts";

const all = [...LIBRARIES, "cli"];
const options = process.argv.slice(2);
const given = options.filter((name) => name !== "--write").map((name) => name.toLowerCase());
const named = all.filter((name) => given.includes(name));
const packages = named.length === 0 ? all : named;
const wanted = given.filter((name) => !all.includes(name));
const seeds = Number(process.env["AW_SEEDS"] ?? 20);
const matrix = new Matrix(seeds);
const faults: string[] = [];
let printed = "";

const runtimes = matrix.runtimes.filter(
  ({ name }) => wanted.length === 0 || wanted.some((each) => name.toLowerCase().includes(each)),
);
print(`| | ${packages.join(" | ")} |\n`);
print(`|---|${packages.map(() => "---|").join("")}\n`);
try {
  for (const runtime of runtimes) {
    print(`| ${runtime.name.replace(/ \d+$/, "")} ${runtime.version} |`);
    for (const name of packages) {
      const cell = runtime.packages.includes(name) ? await run(runtime, name) : "";
      print(` ${cell} |`);
    }
    print("\n");
  }
} finally {
  matrix.remove();
}
print(
  `\nCases that passed, with ${seeds} seeded schedules each, on ${process.platform} ${process.arch}. `,
);
print("What fails is known:\n\n");
print(`${exceptionLines(EXCEPTIONS).join("\n")}\n`);
for (const fault of faults) process.stderr.write(`\n${fault}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
if (options.includes("--write")) {
  if (faults.length > 0 || given.length > 0) {
    throw new Error("nothing was written: that takes all runtimes and packages, and no fault");
  }
  writeIntoPage(printed.trim());
}

/** What stands in the table. */
async function run(runtime: Runtime, name: string): Promise<string> {
  const outcome = await runtime.run(name);
  faults.push(...faultsOf(runtime.name, name, outcome));
  const count = outcome.passed + outcome.failed.length;
  return count === outcome.passed ? String(count) : `${outcome.passed} of ${count}`;
}

function print(text: string): void {
  printed += text;
  process.stdout.write(text);
}
