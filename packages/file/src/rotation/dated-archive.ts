import { readdirSync, renameSync, unlinkSync } from "node:fs";
import { basename, dirname } from "node:path";
import { USUAL_EXTENSIONS, type Archive, type MovedTo, type OldFile } from "./archive.ts";
import type { Calendar } from "./calendar.ts";

/** A name of a day or hour, and which file of it, from 0 on; after that what compression adds. */
const PATTERN = /^(\d{4}-\d\d-\d\d(?:T\d\d)?)(?:\.([1-9]\d{0,8}))?(\.[a-zA-Z]\w*)?$/;

interface Dated extends OldFile {
  readonly name: string;
  readonly number: number;
  readonly extensions: string[];
}

/**
 * Old files by the day or hour in which they were begun: `<path>.2026-11-28`, and if there are
 * several of it, `<path>.2026-11-28.1` after that. Their names stay as they are.
 */
export class DatedArchive implements Archive {
  readonly #path: string;
  readonly #keep: number;
  readonly #calendar: Calendar;
  readonly #extensions: ReadonlySet<string>;

  constructor(path: string, keep: number, calendar: Calendar, extension = "") {
    this.#path = path;
    this.#keep = keep;
    this.#calendar = calendar;
    this.#extensions = new Set([...USUAL_EXTENSIONS, extension]);
  }

  list(): Dated[] {
    const prefix = `${basename(this.#path)}.`;
    const files = new Map<string, Dated>();
    for (const entry of readdirSync(dirname(this.#path), { withFileTypes: true })) {
      if (!entry.name.startsWith(prefix) || entry.isDirectory()) continue;
      const match = PATTERN.exec(entry.name.slice(prefix.length));
      const [, name, number = "0", extension = ""] = match ?? [];
      if (name === undefined || !this.#extensions.has(extension)) continue;
      const base = this.#baseOf(name, Number(number));
      const known = files.get(base);
      if (known !== undefined) known.extensions.push(extension);
      else files.set(base, { base, name, number: Number(number), extensions: [extension] });
    }
    return [...files.values()].toSorted((a, b) =>
      a.name === b.name ? a.number - b.number : a.name < b.name ? -1 : 1,
    );
  }

  admit(begun: number): { base: string; movedTo: MovedTo } {
    const name = this.#calendar.nameOf(begun);
    const last = this.list().findLast((file) => file.name === name);
    const base = this.#baseOf(name, last === undefined ? 0 : last.number + 1);
    renameSync(this.#path, base);
    const removed = this.#removeExcess();
    return { base, movedTo: (each) => (removed.has(each) ? undefined : each) };
  }

  prune(): void {
    this.#removeExcess();
  }

  #removeExcess(): Set<string> {
    const files = this.list();
    const excess = files.slice(0, Math.max(0, files.length - this.#keep));
    for (const { base, extensions } of excess) {
      for (const extension of extensions) unlinkSync(base + extension);
    }
    return new Set(excess.map(({ base }) => base));
  }

  #baseOf(name: string, number: number): string {
    return `${this.#path}.${name}${number === 0 ? "" : `.${number}`}`;
  }
}
