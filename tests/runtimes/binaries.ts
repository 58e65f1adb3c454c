import { existsSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const modules = join(import.meta.dirname, "../node_modules");

/** Where the other versions of Node and the other runtimes are, or "" where there is no binary for this machine. */
export const binaries: Readonly<
  Record<"node22" | "node26" | "deno" | "bun" | "workerd" | "firefox", string>
> = {
  node22: ifThere(join(modules, "node22-linux-x64/bin/node")),
  node26: ifThere(join(modules, "node26-linux-x64/bin/node")),
  deno: binaryOf("deno", "@deno/linux-x64-glibc", "deno"),
  bun: binaryOf("bun", "@oven/bun-linux-x64", "bin/bun"),
  workerd: binaryOf("workerd", "@cloudflare/workerd-linux-64", "bin/workerd"),
  // Debian's: `apt-get install firefox-esr`. No other test wants it.
  firefox: ifThere("/usr/bin/firefox-esr"),
};

/** The npm package brings the binary of each platform as a dependency of its own. */
function binaryOf(name: string, platform: string, path: string): string {
  const manifest = join(modules, name, "package.json");
  if (!existsSync(manifest) || process.arch !== "x64") return "";
  // From where it really is: its platforms are beside it there.
  const platforms = createRequire(realpathSync(manifest));
  return ifThere(join(dirname(platforms.resolve(`${platform}/package.json`)), path));
}

function ifThere(path: string): string {
  return existsSync(path) ? path : "";
}
