/** How many sockets and timers keep the process alive, by kind. */
export function openResources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (/TCP|Pipe|Timeout/.test(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/** Waits until no kind has more than before: the loop closes what was let go of. A leak times out. */
export async function settled(before: ReadonlyMap<string, number>): Promise<void> {
  const more = ([kind, count]: [string, number]): boolean => count > (before.get(kind) ?? 0);
  while ([...openResources()].some(more)) await new Promise((resolve) => setImmediate(resolve));
}
