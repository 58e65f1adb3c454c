/**
 * `pnpm test:runtimes [--write] [RUNTIME...] [PACKAGE...]`: runs the conformance kit of every package and the example of
 * its README on every runtime, or of those named, and prints how many cases passed. `AW_SEEDS` says how many seeded
 * schedules (default: 20). `--write` puts what was run into the table of the documentation, unless it is at fault.
 */
import { EXCEPTIONS } from "./exceptions.ts";
import { faultsOf } from "./judged.ts";
import { LIBRARIES, Matrix, type Runtime } from "./matrix.ts";
import { exceptionLines, Table, writeIntoPage, writtenInPage } from "./page.ts";

const all = [...LIBRARIES, "cli"];
const options = process.argv.slice(2);
const given = options.filter((name) => name !== "--write").map((name) => name.toLowerCase());
const named = all.filter((name) => given.includes(name));
const packages = named.length === 0 ? all : named;
const wanted = given.filter((name) => !all.includes(name));
const seeds = Number(process.env["AW_SEEDS"] ?? 20);
const matrix = new Matrix(seeds);
const faults: string[] = [];
const runtimes = matrix.runtimes.filter(
  ({ name }) => wanted.length === 0 || wanted.some((each) => name.toLowerCase().includes(each)),
);
const rest = `Cases that passed, with ${seeds} seeded schedules each, on ${process.platform} ${process.arch}. What fails is known:

${exceptionLines(EXCEPTIONS).join("\n")}`;

print(`| | ${packages.join(" | ")} |\n`);
print(`|---|${packages.map(() => "---|").join("")}\n`);
try {
  for (const runtime of runtimes) {
    const label = `${runtime.name.replace(/ \d+$/, "")} ${runtime.version}`;
    print(`| ${label} |`);
    for (const name of packages) {
      const cell = runtime.packages.includes(name) ? await run(runtime, name) : "";
      print(` ${cell} |`);
      if (cell !== "" && options.includes("--write")) write(runtime.name, label, name, cell);
    }
    print("\n");
  }
} finally {
  matrix.remove();
}
print(`\n${rest}\n`);
for (const fault of faults) process.stderr.write(`\n${fault}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;

/** What stands in the table. */
async function run(runtime: Runtime, name: string): Promise<string> {
  const outcome = await runtime.run(name);
  faults.push(...faultsOf(runtime.name, name, outcome));
  const count = outcome.passed + outcome.failed.length;
  return count === outcome.passed ? String(count) : `${outcome.passed} of ${count}`;
}

/** Others may write other cells meanwhile. */
function write(row: string, label: string, column: string, cell: string): void {
  if (faults.length > 0) return;
  const table = new Table(
    all,
    matrix.runtimes.map(({ name }) => name),
  );
  table.read(writtenInPage());
  table.set(row, label, column, cell);
  writeIntoPage(`${String(table)}\n\n${rest}`);
}

function print(text: string): void {
  process.stdout.write(text);
}
