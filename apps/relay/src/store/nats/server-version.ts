/** The first version that is not known to lose what it has acknowledged when servers are killed: README.md has the sources. */
const SAFE = [2, 11, 7];

/** Whether a server, "2.10.27", is older. */
export function isUnsafe(version: string): boolean {
  const numbers = version.split(/[.-]/, SAFE.length).map(Number);
  const at = SAFE.findIndex((wanted, place) => wanted !== numbers[place]);
  return at !== -1 && (numbers[at] ?? 0) < (SAFE[at] ?? 0);
}
