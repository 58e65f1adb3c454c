/** How many sockets, servers, look-ups and timers keep the process alive, by kind. */
export function openResources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (/TCP|TLS|Pipe|Timeout|GetAddrInfo/.test(kind)) {
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
  }
  return counts;
}

/** Resolves once no kind has more than before. Closing takes turns of the event loop; a leak times out. */
export async function settled(before: ReadonlyMap<string, number>): Promise<void> {
  const more = ([kind, count]: [string, number]): boolean => count > (before.get(kind) ?? 0);
  while ([...openResources()].some(more)) await new Promise((resolve) => setImmediate(resolve));
}
