import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const modules = join(import.meta.dirname, "../node_modules");

/** Where the other versions of Node and the other runtimes are, or "" where there is no binary for this machine. */
export const binaries: Readonly<Record<"node22" | "node26" | "deno" | "bun", string>> = {
  node22: ifThere(join(modules, "node22-linux-x64/bin/node")),
  node26: ifThere(join(modules, "node26-linux-x64/bin/node")),
  deno: binaryOf("deno", "@deno/linux-x64-glibc", "deno"),
  bun: binaryOf("bun", "@oven/bun-linux-x64", "bin/bun"),
};

/** The npm package brings the binary of each platform as a dependency of its own. */
function binaryOf(name: string, platform: string, path: string): string {
  const manifest = join(modules, name, "package.json");
  if (!existsSync(manifest) || process.arch !== "x64") return "";
  const platforms = createRequire(manifest);
  return ifThere(join(dirname(platforms.resolve(`${platform}/package.json`)), path));
}

function ifThere(path: string): string {
  return existsSync(path) ? path : "";
}
