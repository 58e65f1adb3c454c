import { describe, it } from "vitest";
import { conformanceCases, type ConformanceOptions } from "./conformance-cases.ts";
import { readerCases, type ReaderConformanceOptions } from "./reader/reader-cases.ts";
import { stackCase } from "./stack/stack-case.ts";
import type { StackOptions } from "./stack/stack-options.ts";

/** Registers the cases of the contract with Vitest. Those that do not apply are skipped. */
export function conformance(options: ConformanceOptions): void {
  describe(`${options.name} keeps the contract`, () => {
    for (const { name, skip, timeout, run } of conformanceCases(options)) {
      const title = skip === undefined ? name : `${name} [${skip}]`;
      it.skipIf(skip !== undefined)(title, { timeout }, run);
    }
  });
}

/** The same for a reader. */
export function readerConformance(options: ReaderConformanceOptions): void {
  describe(`${options.name} keeps the contract of readers`, () => {
    for (const { name, skip, timeout, run } of readerCases(options)) {
      const title = skip === undefined ? name : `${name} [${skip}]`;
      it.skipIf(skip !== undefined)(title, { timeout }, run);
    }
  });
}

/** The same for a reader that is copied into a writer. */
export function stackConformance(options: StackOptions): void {
  const { name, timeout, run } = stackCase(options);
  it(name, { timeout }, run);
}
