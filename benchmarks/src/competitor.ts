import type { RuntimeName } from "./runtimes.ts";
import type { Ways, WorkloadName } from "./ways.ts";

/** One folder of `competitors`: the ways it knows, each at its best documented setting. */
export interface Competitor {
  /** What runs it. Default: the Node that the harness runs on. */
  readonly runtime?: RuntimeName | undefined;
  /**
   * Makes it ready to run, for example compiles it; `quickly`, only if that takes no more than a second
   * or two. Returns what is missing, if it can't be made ready.
   */
  readonly prepare?: ((quickly: boolean) => string | undefined) | undefined;
  /** Whether the heap of its process says what it allocates. Default: true. */
  readonly countsHeap?: boolean | undefined;
  readonly ways: {
    readonly [Name in WorkloadName]?: Known<Ways[Name]> | (() => Promise<Known<Ways[Name]>>);
  };
}

/** The ways to do one kind of work, by their names. */
type Known<Way> = Readonly<Record<string, Way>>;

/** In the order of the tables. Ours is first: its first way is what the others are compared to. */
export const COMPETITORS: readonly string[] = [
  "aw",
  "node",
  "web",
  "stream-iter",
  "streamx",
  "minipass",
  "sonic-boom",
  "ws",
  "bun",
  "by-hand",
  "c",
  "tokio",
  "tools",
];

export async function loadCompetitor(name: string): Promise<Competitor> {
  const module = (await import(`../competitors/${name}/index.ts`)) as { competitor: Competitor };
  return module.competitor;
}

/**
 * The ways of a competitor to do the work. What has much to load gives a function for it: modules that the work does
 * not need make each collection of garbage longer.
 */
export async function waysOf(
  { ways }: Competitor,
  workload: WorkloadName,
): Promise<Known<unknown>> {
  const known: Known<unknown> | (() => Promise<Known<unknown>>) = ways[workload] ?? {};
  return typeof known === "function" ? known() : known;
}
