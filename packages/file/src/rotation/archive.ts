import { readdirSync, renameSync, rmSync } from "node:fs";
import { basename, dirname } from "node:path";

/** The empty one: not compressed. Files that another run has compressed otherwise move along. */
const USUAL_EXTENSIONS = ["", ".gz", ".br", ".zst", ".xz", ".bz2"];

/** Old files of a log, by number: `<path>.1` is the latest; `<path>.2.gz` is a compressed one. */
export class Archive {
  readonly #path: string;
  readonly #keep: number;

  readonly #extensions: ReadonlySet<string>;

  /** @param extension what compressed files end in, where that is not usual */
  constructor(path: string, keep: number, extension = "") {
    this.#path = path;
    this.#keep = keep;
    this.#extensions = new Set([...USUAL_EXTENSIONS, extension]);
  }

  /** The name of what is at a number. */
  nameOf(number: number, extension = ""): string {
    return `${this.#path}.${number}${extension}`;
  }

  /** Which of the numbers to keep are taken, and by files of which extensions. */
  taken(): Map<number, string[]> {
    const prefix = `${basename(this.#path)}.`;
    const taken = new Map<number, string[]>();
    for (const name of readdirSync(dirname(this.#path))) {
      if (!name.startsWith(prefix)) continue;
      const [, digits, extension = ""] =
        /^([1-9]\d*)(\.\w+)?$/.exec(name.slice(prefix.length)) ?? [];
      const number = Number(digits);
      // What is beyond may be anything: `app.log.20260131` was not made here.
      if (digits === undefined || number > this.#keep) continue;
      if (this.#extensions.has(extension)) {
        taken.set(number, [...(taken.get(number) ?? []), extension]);
      }
    }
    return taken;
  }

  /**
   * Makes the log `<path>.1`, after each file before it has moved up by one: from the last one
   * down, so that a crash in between leaves a gap and loses none. They move only as far as a gap;
   * without one, the oldest file is removed.
   *
   * Returns where a file with a number has gone: undefined if it was removed.
   */
  shift(): (number: number) => number | undefined {
    const taken = this.taken();
    let gap = 1;
    while (gap <= this.#keep && taken.has(gap)) gap++;
    for (let number = gap - 1; number > 0; number--) {
      for (const extension of taken.get(number) ?? []) {
        if (number === this.#keep) rmSync(this.nameOf(number, extension));
        else renameSync(this.nameOf(number, extension), this.nameOf(number + 1, extension));
      }
    }
    renameSync(this.#path, this.nameOf(1));
    return (number) => {
      if (number >= gap) return number;
      return number === this.#keep ? undefined : number + 1;
    };
  }

  /** Removes files that were compressed and not yet removed when their process died. */
  removeDoubled(extension: string): void {
    for (const [number, extensions] of this.taken()) {
      if (extensions.includes("") && extensions.includes(extension)) rmSync(this.nameOf(number));
    }
  }
}
