import { READER_RULES, RULES, type ReaderRuleId, type RuleId } from "./rules.ts";

const TEXTS = { ...RULES, ...READER_RULES };

/** What a case throws: the writer or the reader broke a rule. */
export class ConformanceError extends Error {
  override readonly name = "ConformanceError";
  /** The rule that is broken, which need not be the one the case is about. */
  readonly rule: RuleId | ReaderRuleId;
  /** What was seen. */
  readonly finding: string;
  /** The seed that shows it again, for a seeded schedule. */
  readonly seed: number | undefined;

  constructor(
    rule: RuleId | ReaderRuleId,
    finding: string,
    options: { cause?: unknown; seed?: number } = {},
  ) {
    const { seed } = options;
    const again = seed === undefined ? "" : `\nseed ${seed}: run again with AW_SEED=${seed}`;
    super(
      `${rule}: ${finding}\n(${TEXTS[rule]})${again}`,
      "cause" in options ? { cause: options.cause } : undefined,
    );
    this.rule = rule;
    this.finding = finding;
    this.seed = seed;
  }

  /** The same finding with the seed of the schedule that led to it. */
  withSeed(seed: number, schedule: string): ConformanceError {
    return new ConformanceError(this.rule, `${this.finding}\nschedule: ${schedule}`, {
      cause: this.cause ?? this,
      seed,
    });
  }
}

/** Throws a violation of `rule` unless `condition` holds. */
export function expectRule(
  condition: boolean,
  rule: RuleId | ReaderRuleId,
  finding: string,
  cause?: unknown,
): asserts condition {
  if (!condition) throw new ConformanceError(rule, finding, cause === undefined ? {} : { cause });
}
