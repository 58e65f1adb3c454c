import { afterAll, describe, expect, it } from "vitest";
import { EXCEPTIONS } from "./exceptions.ts";
import { faultsOf } from "./judged.ts";
import { Matrix } from "./matrix.ts";

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

describe("what came of the cases", () => {
  const failed = [{ name: "AW-READ-8 a Unix-domain socket reads ahead", message: "it took more" }];
  const outcome = { passed: 1, skipped: 0, failed };

  it("is at fault where a case fails that is no exception", () => {
    expect(faultsOf("Bun 1", "tcp", outcome)).toEqual([]);
    expect(faultsOf("Node 24", "tcp", outcome)).toEqual([
      "Node 24, @aw/tcp: AW-READ-8 a Unix-domain socket reads ahead\nit took more",
    ]);
  });

  it("is at fault where an exception passes: its reason is gone", () => {
    for (const { runtime, package: name, reason } of EXCEPTIONS) {
      const faults = faultsOf(runtime, name, { passed: 1, skipped: 0, failed: [] });
      expect(faults.join()).toContain(`take it out of exceptions.ts, where it says: ${reason}`);
    }
  });
});
