/** The pages of the site: the files that are written by hand, and what they include. */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** The folder of the site. */
export const DOCS: string = join(import.meta.dirname, "..");

/** The repository. */
export const ROOT: string = join(DOCS, "..");

export interface Page {
  /** The file, from the root of the repository: "docs/start/tour.md". */
  readonly path: string;
  /** Where the site has it: "/start/tour". */
  readonly url: string;
  readonly markdown: string;
}

/** The pages that are written by hand or by the benchmark: all but those of the API. */
export function pages(): Page[] {
  return globSync("**/*.md", {
    cwd: DOCS,
    exclude: ["**/node_modules/**", "api/**", ".vitepress/**", "recipes/!(index).md"],
  })
    .toSorted()
    .map((name) => ({
      path: relative(ROOT, join(DOCS, name)),
      url: `/${name.replace(/(?:index)?\.md$/, "")}`,
      markdown: readFileSync(join(DOCS, name), "utf8"),
    }));
}

/** The files of the repository that a page includes, as text or as code, from the root of the repository. */
export function includedBy({ path, markdown }: Page): string[] {
  const includes = /^(?:<!-- ?@include: ([^{ ]+?)(?:\{[^}]*\})? ?-->|<<< ([^{# ]+).*)$/gm;
  return [...markdown.matchAll(includes)].map(([, text, code]) =>
    relative(ROOT, join(ROOT, dirname(path), (text ?? code) as string)),
  );
}
