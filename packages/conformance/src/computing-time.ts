interface Host {
  process?: { cpuUsage?: () => { user: number; system: number } };
}

/**
 * How long this process has computed so far, in milliseconds: what others do on the machine meanwhile does not count.
 * Where the platform does not say, the time that passes.
 */
export function computingTime(): number {
  const usage = (globalThis as Host).process?.cpuUsage?.();
  return usage === undefined ? performance.now() : (usage.user + usage.system) / 1000;
}
