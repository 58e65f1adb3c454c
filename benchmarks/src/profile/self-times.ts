/** What is used of a `.cpuprofile`, as `node --cpu-prof` writes it. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  /** The id of the node that was on top of the stack, and the microseconds since the one before. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface SelfTime {
  /** "pollWrite core/src/staged-writer.ts", "(garbage collector)". */
  readonly where: string;
  /** Of the time in which the thread was not idle, 0 to 1. */
  readonly share: number;
}

const IDLE = "(idle)";

/** Where the time of the thread went, most first; what is compiled into a function counts as that function. */
export function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): SelfTime[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? "";
    if (name === IDLE) continue;
    // A clock that was set back gives a negative one.
    const time = Math.max(0, timeDeltas[index] ?? 0);
    total += time;
    times.set(name, (times.get(name) ?? 0) + time);
  }
  return [...times]
    .map(([where, time]) => ({ where, share: time / total }))
    .toSorted((a, b) => b.share - a.share);
}

function nameOf({ functionName, url }: CpuProfile["nodes"][number]["callFrame"]): string {
  const file = url
    .replace(/^node:internal\//, "node:")
    .split("/")
    .slice(-3)
    .join("/");
  return [functionName || "(anonymous)", file].filter((part) => part !== "").join(" ");
}
