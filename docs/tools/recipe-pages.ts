/** Makes a page of each recipe: what its source says about itself, and the source. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./pages.ts";

const RECIPES: string = join(ROOT, "apps/recipes");
const ON_GITHUB = "https://github.com/aw-streams/aw/blob/main/apps/recipes";

/** The pages by the name of the recipe. */
export function recipePages(): Map<string, string> {
  const names = readdirSync(join(RECIPES, "src")).map((file) => file.replace(/\.ts$/, ""));
  return new Map(names.map((name) => [name, pageOf(name)]));
}

function pageOf(name: string): string {
  const source = readFileSync(join(RECIPES, "src", `${name}.ts`), "utf8");
  const end = source.indexOf(" */\n");
  const docstring = source.slice(0, end).split("\n").slice(1);
  const about = docstring.map((line) => line.replace(/^ \* ?/, "")).join("\n");
  const imports = [...source.matchAll(/from "(@aw\/[^"]+)"/g)].map(([, from = ""]) => from);
  const packages = [...new Set(imports)].toSorted();
  // The receiver of logs is tested together with its sender.
  const test = name === "receive-logs" ? "ship-logs" : name;
  return [
    `# ${titleOf(name)}`,
    withShellBlock(about.trim()),
    `It uses ${packages.map((from) => `[\`${from}\`](/packages/${from.slice(4)})`).join(", ")}.`,
    "## The program",
    `\`\`\`ts\n${source.slice(end + 4).trim()}\n\`\`\``,
    `[Its source](${ON_GITHUB}/src/${name}.ts) and [its test](${ON_GITHUB}/test/${test}.test.ts), which runs it against ` +
      "real sockets, files and programs, and breaks what it promises to survive.",
    "",
  ].join("\n\n");
}

function titleOf(name: string): string {
  const words = name.replaceAll("-", " ");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** Indented lines are commands. */
function withShellBlock(text: string): string {
  return text.replaceAll(/(?:^ {4}.*\n?)+/gm, (lines) => {
    const commands = lines.replaceAll(/^ {4}/gm, "").trimEnd();
    return `\`\`\`sh\n${commands}\n\`\`\`\n`;
  });
}
