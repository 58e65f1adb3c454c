import type { Random } from "../random.ts";
import type { ReaderRuleId } from "../rules.ts";
import type { ReaderDriver } from "./reader-driver.ts";
import type { ReaderSupports } from "./reader-subject.ts";

/** What a case works with. */
interface ReaderCaseContext {
  /** Makes a fresh subject. It is cleaned up at the end of the case. */
  readonly make: () => Promise<ReaderDriver>;
  readonly random: Random;
}

/** One check of one rule, for any reader that can do what it needs. */
export interface ReaderCaseDefinition {
  readonly id: ReaderRuleId;
  /** What the reader does, as the end of a sentence that begins with its name. */
  readonly title: string;
  readonly needs?: readonly (keyof ReaderSupports)[];
  readonly only?: "layer";
  run(context: ReaderCaseContext): Promise<void>;
}
