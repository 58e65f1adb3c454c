import { createHash } from "node:crypto";

/** What Stryker gives a checker of each mutant. */
interface Mutant {
  readonly id: string;
  readonly fileName: string;
  readonly replacement: string;
  readonly location: unknown;
}

type Answer = { status: "passed" } | { status: "compileError"; reason: string };

/** The share of the mutants that is tried, of 1. */
const SHARE = Number(process.env["AW_MUTATION_SHARE"] ?? 1);
/** Another seed chooses others. */
const SEED = process.env["AW_MUTATION_SEED"] ?? "1";

/** A checker of Stryker that lets a sample of the mutants through, the same one each time. */
class SampleChecker {
  async init(): Promise<void> {}

  async check(mutants: readonly Mutant[]): Promise<Record<string, Answer>> {
    return Object.fromEntries(mutants.map((mutant) => [mutant.id, answerTo(mutant)]));
  }

  async group(mutants: readonly Mutant[]): Promise<string[][]> {
    return [mutants.map(({ id }) => id)];
  }
}

function answerTo({ fileName, replacement, location }: Mutant): Answer {
  const text = JSON.stringify([
    SEED,
    fileName.replace(/.*\/packages\//, ""),
    location,
    replacement,
  ]);
  const chance = createHash("sha256").update(text).digest().readUInt32BE() / 2 ** 32;
  return chance < SHARE
    ? { status: "passed" }
    : { status: "compileError", reason: "not in the sample" };
}

/** In the form of `declareClassPlugin`. */
export const strykerPlugins = [{ kind: "Checker", name: "sample", injectableClass: SampleChecker }];
