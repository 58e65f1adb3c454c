/** Writes the pages that are made from sources: before VitePress builds or serves the site. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeApiPages } from "./api-pages.ts";
import { DOCS } from "./pages.ts";
import { recipePages } from "./recipe-pages.ts";

for (const [name, markdown] of recipePages()) {
  writeFileSync(join(DOCS, "recipes", `${name}.md`), markdown);
}
await writeApiPages();
