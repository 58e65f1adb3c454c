/**
 * The contract of `AsyncWrite` as runnable cases, with fault instruments.
 *
 * ```ts
 * import { conformanceCases } from "@aw/conformance";
 * import { memory } from "@aw/core";
 *
 * const cases = conformanceCases({
 *   name: "memory",
 *   factory: () => {
 *     const writer = memory();
 *     return { writer, delivered: () => writer.bytes() };
 *   },
 * });
 * for (const { skip, run } of cases) if (skip === undefined) await run();
 * ```
 *
 * @packageDocumentation
 */
export {
  conformanceCases,
  type ConformanceCase,
  type ConformanceOptions,
  type LayerOptions,
  type WriterOptions,
} from "./conformance-cases.ts";
export { chunked } from "./instruments/chunked.ts";
export { CountingWaker } from "./instruments/counting-waker.ts";
export { Destination, type DestinationOptions } from "./instruments/destination.ts";
export { failReadsAfter } from "./instruments/fail-reads-after.ts";
export { failAfter } from "./instruments/fail-after.ts";
export { interleavePendingReads } from "./instruments/interleave-pending-reads.ts";
export { Origin } from "./instruments/origin.ts";
export {
  readerCases,
  type ReaderConformanceCase,
  type ReaderConformanceOptions,
  type ReaderFactoryConformance,
  type ReaderLayerConformance,
} from "./reader/reader-cases.ts";
export type {
  ReaderFactory,
  ReaderFactoryOptions,
  ReaderLayer,
  ReaderSubject,
  ReaderSupports,
} from "./reader/reader-subject.ts";
export { interleavePending } from "./instruments/interleave-pending.ts";
export { limited, type Limits } from "./instruments/limited.ts";
export { BufferChangedError, POISON, poisoner } from "./instruments/poisoner.ts";
export { script, type ScriptedWriter, type ScriptStep } from "./instruments/script.ts";
export { staleWakerDetector, type StaleWakerDetector } from "./instruments/stale-waker-detector.ts";
export { stallable, type Stallable } from "./instruments/stallable.ts";
export { trackClosed, type ClosedTracker } from "./instruments/track-closed.ts";
export { Random } from "./random.ts";
export {
  READER_RULE_IDS,
  READER_RULES,
  RULE_IDS,
  RULES,
  type ReaderRuleId,
  type RuleId,
} from "./rules.ts";
export type {
  Factory,
  FactoryOptions,
  LayerFactory,
  LayerSubject,
  Subject,
  Supports,
} from "./subject.ts";
export { stackCase, type StackCase } from "./stack/stack-case.ts";
export type { StackOptions } from "./stack/stack-options.ts";
export { ConformanceError } from "./violation.ts";
