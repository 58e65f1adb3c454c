import { describe, it } from "vitest";
import { conformanceCases, type ConformanceOptions } from "./conformance-cases.ts";

/** Registers the cases of the contract with Vitest. Those that do not apply are skipped. */
export function conformance(options: ConformanceOptions): void {
  describe(`${options.name} keeps the contract`, () => {
    for (const { name, skip, timeout, run } of conformanceCases(options)) {
      const title = skip === undefined ? name : `${name} [${skip}]`;
      it.skipIf(skip !== undefined)(title, { timeout }, run);
    }
  });
}
