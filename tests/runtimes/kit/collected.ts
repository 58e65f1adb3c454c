/**
 * Stands in for Vitest where there is none: collects the cases that the conformance tests of the packages register,
 * so that the same files run on any runtime.
 */
type Run = () => unknown;

interface Case {
  readonly name: string;
  readonly timeout: number;
  readonly run: Run | undefined;
}

/** What came of the cases of a package. */
export interface Outcome {
  readonly passed: number;
  readonly skipped: number;
  readonly failed: readonly { readonly name: string; readonly message: string }[];
}

const cases: Case[] = [];
const before: Run[] = [];
const after: Run[] = [];
const afterEvery: Run[] = [];
/** What the case that runs has to clean up. */
const afterThis: Run[] = [];
const path: string[] = [];

export function describe(name: string, body: () => void): void {
  path.push(name);
  body();
  path.pop();
}

function add(name: string, options: { timeout?: number } | Run, run?: Run): void {
  const timeout = typeof options === "object" ? (options.timeout ?? 0) : 0;
  const body = typeof options === "function" ? options : run;
  cases.push({ name: [...path, name].join(": "), timeout: timeout || 60_000, run: body });
}

const skip = (name: string): void => {
  cases.push({ name, timeout: 0, run: undefined });
};

export const it: typeof add & { skipIf(condition: boolean): typeof add } = Object.assign(add, {
  skipIf: (condition: boolean) => (condition ? skip : add),
});

export const beforeAll = (run: Run): void => void before.push(run);
export const afterAll = (run: Run): void => void after.push(run);
export const afterEach = (run: Run): void => void afterEvery.push(run);
export const onTestFinished = (run: Run): void => void afterThis.push(run);

/** What tests in browsers are told of the servers that were started for them. */
export const inject = (name: string): unknown =>
  (globalThis as { injected?: Record<string, unknown> }).injected?.[name];

/** Runs everything that was collected, one after the other. */
export async function outcome(): Promise<Outcome> {
  const failed: { name: string; message: string }[] = [];
  let passed = 0;
  let skipped = 0;
  for (const run of before) await run();
  for (const { name, timeout, run } of cases) {
    if (run === undefined) {
      skipped++;
      continue;
    }
    try {
      await within(timeout, run);
      passed++;
    } catch (error) {
      failed.push({ name, message: String((error as Error | null)?.message ?? error) });
    }
    for (const cleanup of [...afterThis.splice(0).toReversed(), ...afterEvery]) await cleanup();
  }
  for (const cleanup of after) await cleanup();
  return { passed, skipped, failed };
}

/** A case that hangs is a fault of its own, and keeps no other from being tried. */
async function within(ms: number, run: Run): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`hung for ${ms} ms`)), ms);
  });
  try {
    await Promise.race([run(), late]);
  } finally {
    clearTimeout(timer);
  }
}
