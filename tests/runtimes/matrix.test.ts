import { afterAll, describe, expect, it } from "vitest";
import { EXCEPTIONS } from "./exceptions.ts";
import { faultsOf } from "./judged.ts";
import { Matrix } from "./matrix.ts";
import { exceptionLines, Table, writtenInPage } from "./page.ts";

// The quick part of `pnpm test:runtimes`, which does this for every package and every runtime.
const matrix = new Matrix(3);
afterAll(() => matrix.remove());

const quick = matrix.runtimes.filter(({ name }) => /Deno|Bun/.test(name));

describe.each(quick)("$name", (runtime) => {
  it.each(["node", "tcp"])("keeps the contract: @aw/%s", async (name) => {
    const outcome = await runtime.run(name);
    expect(faultsOf(runtime.name, name, outcome)).toEqual([]);
    expect(outcome.passed).toBeGreaterThan(50);
  });
});

it("the documentation has a row for each runtime, and names what is known to fail", () => {
  const written = writtenInPage();
  for (const { name } of matrix.runtimes) expect(written).toContain(`\n| ${name}`);
  const counts = [...written.matchAll(/(\d+) of (\d+)/g)].map(([, passed, all]) => {
    return Number(all) - Number(passed);
  });
  expect(sum(counts)).toBe(sum(EXCEPTIONS.map(({ count }) => count)));
  for (const line of exceptionLines(EXCEPTIONS)) expect(written).toContain(line);
});

it("a table takes over what is there, and puts a cell into its place", () => {
  const table = new Table(["core", "tcp"], ["Node 22", "Node 24", "workerd"]);
  table.read("|  | core |\n| --- | --- |\n| Node 24.1 | 5 |\n| gone 1 | 7 |\n\ntext\n");
  table.set("Node 24", "Node 24.2", "tcp", "6");
  table.set("Node 22", "Node 22.1", "core", "3 of 4");
  expect(String(table).split("\n").slice(2)).toEqual([
    "| Node 22.1 | 3 of 4 |  |",
    "| Node 24.2 | 5 | 6 |",
  ]);
});

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}

describe("what came of the cases", () => {
  const failed = ["client", "server"].map((end) => ({
    name: `AW-READ-8 a Unix-domain socket, the ${end}'s end`,
    message: "it took more",
  }));
  const outcome = { passed: 1, skipped: 0, failed };

  it("is at fault where a case fails that is no exception", () => {
    expect(faultsOf("Bun 1", "tcp", outcome)).toEqual([]);
    expect(faultsOf("Node 24", "tcp", outcome)).toEqual([
      "Node 24, @aw/tcp: AW-READ-8 a Unix-domain socket, the client's end\nit took more",
      "Node 24, @aw/tcp: AW-READ-8 a Unix-domain socket, the server's end\nit took more",
    ]);
  });

  it("is at fault where an exception passes: its reason is gone", () => {
    for (const { runtime, package: name, reason } of EXCEPTIONS) {
      const faults = faultsOf(runtime, name, { passed: 1, skipped: 0, failed: [] });
      expect(faults.join()).toContain(`change exceptions.ts, where it says: ${reason}`);
    }
    const half = { ...outcome, failed: failed.slice(1) };
    expect(faultsOf("Bun 1", "tcp", half)).toHaveLength(1);
  });
});
