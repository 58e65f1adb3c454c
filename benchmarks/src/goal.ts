/** The median of a subject in a case, undefined if it was not measured. */
type Median = (name: string, subject: string) => number | undefined;

/** Something that the figures have to show. */
export interface Goal {
  readonly text: string;
  readonly is: "at least" | "at most";
  readonly limit: number;
  /** What is held against the limit; undefined if a part of it was not measured. */
  readonly value: (median: Median) => number | undefined;
}

/** A subject of a case. */
export interface Place {
  readonly in: string;
  readonly of: string | readonly string[];
}

/** A figure of ours is at most this. */
export function atMost(limit: number, text: string, { in: name, of }: Place): Goal {
  return { text, is: "at most", limit, value: (median) => best([of].flat(), name, median) };
}

/** More is better: ours is at least so many times the best of the peers. */
export function atLeastTimes(limit: number, text: string, ours: Place, peers: Place): Goal {
  return { text, is: "at least", limit, value: quotient(ours, peers, Math.max) };
}

/** Less is better: ours is at most so many times the best of the peers. */
export function atMostTimes(limit: number, text: string, ours: Place, peers: Place): Goal {
  return { text, is: "at most", limit, value: quotient(ours, peers, Math.min) };
}

type Choose = (...values: number[]) => number;

function quotient(ours: Place, peers: Place, choose: Choose): Goal["value"] {
  return (median) => {
    const own = best([ours.of].flat(), ours.in, median, choose);
    const other = best([peers.of].flat(), peers.in, median, choose);
    return own === undefined || other === undefined ? undefined : own / other;
  };
}

function best(
  subjects: readonly string[],
  name: string,
  median: Median,
  choose: Choose = Math.min,
): number | undefined {
  const values = subjects.flatMap((subject) => median(name, subject) ?? []);
  return values.length === 0 ? undefined : choose(...values);
}
