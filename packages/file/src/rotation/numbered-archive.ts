import { readdirSync, renameSync, unlinkSync } from "node:fs";
import { basename, dirname } from "node:path";
import { USUAL_EXTENSIONS, type Archive, type MovedTo, type OldFile } from "./archive.ts";

/** Old files by number: `<path>.1` is the latest; `<path>.2.gz` is a compressed one. */
export class NumberedArchive implements Archive {
  readonly #path: string;
  readonly #keep: number;
  readonly #extensions: ReadonlySet<string>;

  /** @param extension what compressed files end in, where that is not usual */
  constructor(path: string, keep: number, extension = "") {
    this.#path = path;
    this.#keep = keep;
    this.#extensions = new Set([...USUAL_EXTENSIONS, extension]);
  }

  list(): OldFile[] {
    return [...this.#taken()]
      .filter(([number]) => number <= this.#keep)
      .toSorted(([a], [b]) => b - a)
      .map(([number, extensions]) => ({ base: this.#baseOf(number), extensions }));
  }

  /**
   * Makes the log `<path>.1`, after each file before it has moved up by one: from the last one
   * down, so that a crash in between leaves a gap and loses none. They move only as far as a gap;
   * without one, the oldest file is removed.
   */
  admit(): { base: string; movedTo: MovedTo } {
    const taken = this.#taken();
    let gap = 1;
    while (gap <= this.#keep && taken.has(gap)) gap++;
    for (let number = gap - 1; number > 0; number--) {
      for (const extension of taken.get(number) ?? []) {
        const from = this.#baseOf(number) + extension;
        if (number === this.#keep) unlinkSync(from);
        else renameSync(from, this.#baseOf(number + 1) + extension);
      }
    }
    const base = this.#baseOf(1);
    renameSync(this.#path, base);
    const moved = new Map<string, string | undefined>();
    for (let number = 1; number < gap; number++) {
      moved.set(this.#baseOf(number), number === this.#keep ? undefined : this.#baseOf(number + 1));
    }
    return { base, movedTo: (each) => (moved.has(each) ? moved.get(each) : each) };
  }

  /** Those that follow without a gap: what is beyond one may be anything, such as `app.log.20260131`. */
  prune(): void {
    const taken = this.#taken();
    for (let number = this.#keep + 1; taken.has(number); number++) {
      for (const extension of taken.get(number) ?? []) unlinkSync(this.#baseOf(number) + extension);
    }
  }

  #baseOf(number: number): string {
    return `${this.#path}.${number}`;
  }

  /** Which numbers are taken, and by files of which extensions. */
  #taken(): Map<number, string[]> {
    const prefix = `${basename(this.#path)}.`;
    const taken = new Map<number, string[]>();
    for (const entry of readdirSync(dirname(this.#path), { withFileTypes: true })) {
      // Folders are not ours; links move along, and are followed nowhere.
      if (!entry.name.startsWith(prefix) || entry.isDirectory()) continue;
      const rest = entry.name.slice(prefix.length);
      const [, digits, extension = ""] = /^([1-9]\d{0,8})(\.\w+)?$/.exec(rest) ?? [];
      if (digits === undefined || !this.#extensions.has(extension)) continue;
      const number = Number(digits);
      taken.set(number, [...(taken.get(number) ?? []), extension]);
    }
    return taken;
  }
}
