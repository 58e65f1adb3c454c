import { describe, it } from "node:test";
import { conformanceCases, type ConformanceOptions } from "./conformance-cases.ts";
import { readerCases, type ReaderConformanceOptions } from "./reader/reader-cases.ts";
import { stackCase } from "./stack/stack-case.ts";
import type { StackOptions } from "./stack/stack-options.ts";

/** Registers the cases of the contract with `node:test`. Those that do not apply are skipped. */
export function conformance(options: ConformanceOptions): void {
  void describe(`${options.name} keeps the contract`, () => {
    for (const { name, skip, timeout, run } of conformanceCases(options)) {
      void it(name, { timeout, ...(skip === undefined ? {} : { skip }) }, run);
    }
  });
}

/** The same for a reader. */
export function readerConformance(options: ReaderConformanceOptions): void {
  void describe(`${options.name} keeps the contract of readers`, () => {
    for (const { name, skip, timeout, run } of readerCases(options)) {
      void it(name, { timeout, ...(skip === undefined ? {} : { skip }) }, run);
    }
  });
}

/** The same for a reader that is copied into a writer. */
export function stackConformance(options: StackOptions): void {
  const { name, timeout, run } = stackCase(options);
  void it(name, { timeout }, run);
}
