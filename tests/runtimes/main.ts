/**
 * `pnpm test:runtimes [RUNTIME...] [PACKAGE...]`: runs the conformance kit of every package and the example of its README
 * on every runtime, or of those named, and prints how many cases passed. `AW_SEEDS` says how many seeded
 * schedules (default: 20).
 */
import { EXCEPTIONS } from "./exceptions.ts";
import { faultsOf } from "./judged.ts";
import { LIBRARIES, Matrix, type Runtime } from "./matrix.ts";

const all = [...LIBRARIES, "cli"];
const given = process.argv.slice(2).map((name) => name.toLowerCase());
const named = all.filter((name) => given.includes(name));
const packages = named.length === 0 ? all : named;
const wanted = given.filter((name) => !all.includes(name));
const matrix = new Matrix(Number(process.env["AW_SEEDS"] ?? 20));
const faults: string[] = [];

const runtimes = matrix.runtimes.filter(
  ({ name }) => wanted.length === 0 || wanted.some((each) => name.toLowerCase().includes(each)),
);
print(`| | ${packages.join(" | ")} |`);
print(`|---|${packages.map(() => "---|").join("")}`);
try {
  for (const runtime of runtimes) {
    process.stdout.write(`| ${runtime.name} |`);
    for (const name of packages) {
      const cell = runtime.packages.includes(name) ? await run(runtime, name) : "";
      process.stdout.write(` ${cell} |`);
    }
    print("");
  }
} finally {
  matrix.remove();
}
print("\nCases that passed. Exceptions:\n");
for (const { runtime, package: name, reason } of EXCEPTIONS) {
  print(`- ${runtime}, @aw/${name}: ${reason}`);
}
for (const fault of faults) process.stderr.write(`\n${fault}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;

/** What stands in the table. */
async function run(runtime: Runtime, name: string): Promise<string> {
  const outcome = await runtime.run(name);
  faults.push(...faultsOf(runtime.name, name, outcome));
  const count = outcome.passed + outcome.failed.length;
  return count === outcome.passed ? String(count) : `${outcome.passed} of ${count}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
