/**
 * `pnpm test:runtimes [RUNTIME...]`: runs the conformance kit of every package and the example of its README on
 * every runtime, and prints how many cases passed. `AW_SEEDS` says how many seeded schedules (default: 20).
 */
import { EXCEPTIONS } from "./exceptions.ts";
import { faultsOf } from "./judged.ts";
import { LIBRARIES, Matrix } from "./matrix.ts";

const wanted = process.argv.slice(2).map((name) => name.toLowerCase());
const matrix = new Matrix(Number(process.env["AW_SEEDS"] ?? 20));
const faults: string[] = [];
const packages = [...LIBRARIES, "cli"];

const runtimes = matrix.runtimes.filter(
  ({ name }) => wanted.length === 0 || wanted.some((each) => name.toLowerCase().includes(each)),
);
print(`| | ${packages.join(" | ")} |`);
print(`|---|${packages.map(() => "---|").join("")}`);
try {
  for (const runtime of runtimes) {
    const cells: string[] = [];
    for (const name of packages) {
      if (!runtime.packages.includes(name)) {
        cells.push("");
        continue;
      }
      const outcome = await runtime.run(name);
      const count = outcome.passed + outcome.failed.length;
      cells.push(count === outcome.passed ? String(count) : `${outcome.passed} of ${count}`);
      faults.push(...faultsOf(runtime.name, name, outcome));
    }
    print(`| ${runtime.name} | ${cells.join(" | ")} |`);
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

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
