/** Checks the relative imports of every package's sources: none points upwards (`source-folders.ts`), and none in a circle. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { SOURCE_FOLDERS } from "./source-folders.ts";

interface Import {
  readonly from: string;
  readonly to: string;
}

const IMPORT =
  /^(?:import|export)\b[^;"']*?(?:\bfrom\s*)?["'](\.[^"']+)["']|\bimport\(\s*["'](\.[^"']+)["']/gm;

const problems = Object.entries(SOURCE_FOLDERS).flatMap(([name, order]) => {
  const root = join("packages", name);
  const imports = importsOf(join(root, "src"));
  return [
    ...upwards(imports, ranksOf(order), entriesOf(root)),
    ...missing(join(root, "src"), order),
    ...circles(imports),
  ].map((problem) => `@aw/${name}: ${problem}`);
});

for (const folder of globSync("packages/*/src")) {
  const name = folder.split(/[\\/]/)[1] as string;
  const isPrivate = /"private": true/.test(readFileSync(`packages/${name}/package.json`, "utf8"));
  if (!isPrivate && !(name in SOURCE_FOLDERS)) problems.push(`@aw/${name} is not in the table`);
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

/** All relative imports below a folder, by paths from there. */
function importsOf(root: string): Import[] {
  return globSync("**/*.ts", { cwd: root }).flatMap((from) => {
    const text = readFileSync(join(root, from), "utf8");
    return [...text.matchAll(IMPORT)].map(([, always, lazily]) => ({
      from,
      to: join(dirname(from), (always ?? lazily) as string),
    }));
  });
}

/** The height of each folder, or file, of the table. */
function ranksOf(order: readonly (string | readonly string[])[]): ReadonlyMap<string, number> {
  return new Map(
    order.flatMap((names, rank) => [names].flat().map((name) => [name, rank] as const)),
  );
}

/** Every `src/*.ts` that the manifest names. */
function entriesOf(root: string): ReadonlySet<string> {
  const manifest = readFileSync(join(root, "package.json"), "utf8");
  const found = manifest.matchAll(/"\.\/(?:src|dist)\/([^"/]+?)(?:\.d)?\.[jt]s"/g);
  return new Set([...found].map(([, name]) => `${name}.ts`));
}

function upwards(
  imports: readonly Import[],
  ranks: ReadonlyMap<string, number>,
  entries: ReadonlySet<string>,
): string[] {
  const place = (file: string): string =>
    ranks.has(file) ? file : entries.has(file) ? "the entry points" : dirname(file);
  const rank = (name: string): number => ranks.get(name) ?? (name === "." ? 998 : 999);
  return imports.flatMap(({ from, to }) => {
    const [lower, upper] = [place(from), place(to)];
    if (lower === upper || rank(upper) < rank(lower)) return [];
    return [`${from} imports ${to}: ${lower} stands below or beside ${upper}`];
  });
}

/** Folders that only one of the table and the sources have. */
function missing(root: string, order: readonly (string | readonly string[])[]): string[] {
  const named = order.flat();
  const there = new Set(globSync("**/*.ts", { cwd: root }).map((file) => dirname(file)));
  return [
    ...named
      .filter((name) => !existsSync(join(root, name)))
      .map((name) => `${name} is in the table and not in src`),
    ...[...there]
      .filter((name) => name !== "." && !named.includes(name))
      .map((name) => `${name} is in src and not in the table`),
  ];
}

/** Each circle once, as the files that it goes through. */
function circles(imports: readonly Import[]): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const start = path.indexOf(file);
    if (start >= 0) found.push(`a circle: ${[...path.slice(start), file].join(" > ")}`);
    if (start >= 0 || done.has(file)) return;
    path.push(file);
    for (const { from, to } of imports) if (from === file) visit(to);
    path.pop();
    done.add(file);
  };
  for (const { from } of imports) visit(from);
  return found;
}
