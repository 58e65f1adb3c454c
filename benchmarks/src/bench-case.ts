/** One thing that is measured, for each of its subjects the same way. */
export interface BenchCase {
  name: string;
  /** What the figures count. */
  unit: "ns/op" | "B/op" | "MB/s";
  /** Ours comes first. Each measures once, from its own start, and checks what it did. */
  subjects: Readonly<Record<string, (options: MeasureOptions) => Promise<number>>>;
}

export interface MeasureOptions {
  /** How much of the full work to do: 1, or far less to see that the case runs at all. */
  scale: number;
}

/** `count`, scaled, at least `least`. */
export function scaled(count: number, { scale }: MeasureOptions, least = 1): number {
  return Math.max(least, Math.round(count * scale));
}

/** The time that `work` takes, in milliseconds. */
export async function timed(work: () => Promise<void> | void): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export function megabytesPerSecond(bytes: number, milliseconds: number): number {
  return bytes / 1e6 / (milliseconds / 1000);
}

/** Throws unless what arrived is what was sent: a figure for lost bytes is none. */
export function expectBytes(arrived: number, sent: number): void {
  if (arrived !== sent) throw new Error(`${arrived} bytes arrived of ${sent}`);
}
