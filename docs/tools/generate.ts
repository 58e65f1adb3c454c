/** Writes the pages that are made from sources: before VitePress builds or serves the site. */
import { copyFileSync, globSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeApiPages } from "./api-pages.ts";
import { DOCS, ROOT } from "./pages.ts";
import { recipePages } from "./recipe-pages.ts";

const recipes = join(DOCS, "recipes");
for (const page of globSync("!(index).md", { cwd: recipes })) rmSync(join(recipes, page));
for (const [name, markdown] of recipePages()) {
  writeFileSync(join(recipes, `${name}.md`), markdown);
}
copyFileSync(join(ROOT, "llms.txt"), join(DOCS, "public/llms.txt"));
await writeApiPages();
