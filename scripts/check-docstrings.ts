/**
 * Checks that everything a package exports says what it is, and that what throws or rejects says with which
 * codes.
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What says how it fails: a tag, or a sentence. */
const FAILURE =
  /@throws|\b(?:re)?throws?\b|\b[Rr]ejects?\b|\b[Ff]ails\b|\bfailure\b|\b[Nn]ever rejects/;

interface Declaration {
  readonly name: string;
  readonly docstring: string | undefined;
  readonly text: string;
}

for (const manifest of globSync("packages/*/package.json").toSorted()) {
  const root = dirname(manifest);
  const text = readFileSync(manifest, "utf8");
  if (/"private": true/.test(text)) continue;
  // Every source that an export names, under whatever conditions.
  const entries = [...text.matchAll(/"(\.\/src\/[^"]+\.ts)"/g)].map(([, path = ""]) => path);
  for (const gap of [...new Set(entries)].flatMap((entry) => gapsOf(join(root, entry)))) {
    console.error(gap);
    process.exitCode = 1;
  }
}

/** What is missing behind the names that an entry point exports from other files. */
function gapsOf(entry: string): string[] {
  const text = readFileSync(entry, "utf8");
  const gaps: string[] = [];
  for (const [, names = "", from = ""] of text.matchAll(
    /export (?:type )?\{([^}]*)\} from "([^"]+)"/g,
  )) {
    const path = join(dirname(entry), from);
    // What comes from another package is checked there.
    if (!from.startsWith(".") || !existsSync(path)) continue;
    for (const item of names.split(",").filter((part) => part.trim() !== "")) {
      const name = item
        .trim()
        .replace(/^type /, "")
        .split(" as ")[0] as string;
      const declaration = declarationOf(name, readFileSync(path, "utf8"));
      if (declaration !== undefined)
        gaps.push(...check(declaration).map((gap) => `${path}: ${gap}`));
    }
  }
  return gaps;
}

/** Where a name is declared in a file: its docstring, and its text up to the end of it. */
function declarationOf(name: string, file: string): Declaration | undefined {
  const kind = "(?:abstract class|class|(?:async )?function\\*?|const|let|interface|type)";
  const start = file.search(new RegExp(`^export ${kind} ${name}\\b`, "m"));
  if (start === -1) return undefined;
  const rest = file.slice(start);
  // The brace that closes it, or the end of its only line.
  const end = rest.search(/^\}|(?<=^export .*);$/m);
  const text = end === -1 ? rest : rest.slice(0, end);
  return { name, docstring: docstringBefore(file.slice(0, start)), text };
}

/** The docstring that ends where the text does. */
function docstringBefore(text: string): string | undefined {
  const trimmed = text.trimEnd();
  return trimmed.endsWith("*/") ? trimmed.slice(trimmed.lastIndexOf("/**")) : undefined;
}

function check({ name, docstring, text }: Declaration): string[] {
  if (docstring === undefined) return [`${name} has no docstring`];
  if (/^export (?:async )?function/.test(text)) return failureGap(name, docstring, text);
  return /^export (?:abstract )?class/.test(text) ? methodsOf(text).flatMap(checkMethod(name)) : [];
}

/** The public methods of a class, which stand at one step of indentation. */
function methodsOf(text: string): Declaration[] {
  const methods: Declaration[] = [];
  const heads = /^ {2}(?:static )?(?:async )?([a-z]\w*)(?:<[^\n]*>)?\([^]*?\n? {0,2}.*\{$/gm;
  for (const { 0: head, 1: name = "", index } of text.matchAll(heads)) {
    const body = text.slice(index, text.indexOf("\n  }", index));
    // A method of another one's docstring: the trait says what polls do.
    if (
      !/^(?:poll\w*|abort|onFailure|toString|constructor)$/.test(name) &&
      head.includes("Promise<")
    )
      methods.push({ name, docstring: docstringBefore(text.slice(0, index)), text: body });
  }
  return methods;
}

function checkMethod(owner: string) {
  return ({ name, docstring, text }: Declaration): string[] =>
    docstring === undefined
      ? [`${owner}.${name} has no docstring`]
      : failureGap(`${owner}.${name}`, docstring, text);
}

/** What returns a promise or throws by itself has to say when and how. */
function failureGap(name: string, docstring: string, text: string): string[] {
  const head = text.slice(0, text.search(/\{\n/));
  const fails =
    /\): (?:Promise|Async\w+)</.test(head) ||
    /\bthrow\b|\bcheck(?:Options|Writer|Argument)\(/.test(text);
  return fails && !FAILURE.test(docstring) ? [`${name} does not say how it fails`] : [];
}
