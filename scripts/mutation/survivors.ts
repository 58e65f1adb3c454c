import { readFileSync } from "node:fs";

/** The part of Stryker's report (mutation-testing-elements) that is used. */
export interface Report {
  files: Record<string, { source: string; mutants: Mutant[] }>;
}

export type MutantStatus =
  | "CompileError"
  | "Ignored"
  | "Killed"
  | "NoCoverage"
  | "Pending"
  | "RuntimeError"
  | "Survived"
  | "Timeout";

interface Mutant {
  status: MutantStatus;
  replacement: string;
  location: { start: Position; end: Position };
}

interface Position {
  line: number;
  column: number;
}

/** A mutant that no test kills. Found again by its text: lines move. */
export interface Survivor {
  file: string;
  /** The line where it begins. */
  line: string;
  /** "what stood there -> what stands there now". */
  change: string;
  /** Why it may live: it changes nothing that can be seen, or what is seen is no promise. */
  reason?: string;
}

const LIST = "scripts/mutation/survivors.json";

/** How much of the text of a change is kept. */
const CHANGE_LENGTH = 80;

/** Those that are known, with reasons. */
export function knownSurvivors(): Survivor[] {
  return JSON.parse(readFileSync(LIST, "utf8")) as Survivor[];
}

export function survivorsOf({ files }: Report): Survivor[] {
  return Object.entries(files).flatMap(([file, { source, mutants }]) => {
    const lines = source.split("\n");
    return mutants
      .filter(({ status }) => status === "Survived" || status === "NoCoverage")
      .map(({ location, replacement }) => ({
        file,
        line: (lines[location.start.line - 1] as string).trim(),
        change: `${shortened(textAt(lines, location))} -> ${shortened(replacement)}`,
      }));
  });
}

export function isSame(a: Survivor, b: Survivor): boolean {
  return a.file === b.file && a.line === b.line && a.change === b.change;
}

function textAt(lines: string[], { start, end }: Mutant["location"]): string {
  const part = lines.slice(start.line - 1, end.line);
  // The end first: both may be in one line.
  part.push((part.pop() as string).slice(0, end.column - 1));
  part[0] = (part[0] as string).slice(start.column - 1);
  return part.join("\n");
}

function shortened(text: string): string {
  return text.replaceAll(/\s+/g, " ").slice(0, CHANGE_LENGTH);
}
