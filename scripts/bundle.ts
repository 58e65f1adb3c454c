/**
 * Makes what a package publishes beside its types: one module for each of its exports and programs, so that
 * importing it reads a file or two instead of dozens. Runs in the folder of the package.
 */
import { globSync, readFileSync, rmSync } from "node:fs";
import { build } from "esbuild";

const { exports, bin = {} } = JSON.parse(readFileSync("package.json", "utf8")) as {
  exports: object;
  bin?: Record<string, string>;
};

/** Every `src/*.ts` that an export names, under whatever conditions. */
function entriesOf(target: unknown): string[] {
  if (typeof target === "string") return target.startsWith("./src/") ? [target] : [];
  return Object.values(target as object).flatMap(entriesOf);
}

/** What a `bin` was made of. */
const programs = Object.values(bin).map((path) =>
  path.replace(/^\.\/dist\/(.*)\.js$/, "./src/$1.ts"),
);

for (const old of globSync("dist/*.js{,.map}")) rmSync(old);
await build({
  entryPoints: [...new Set([...entriesOf(exports), ...programs])],
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2024",
  platform: "neutral",
  packages: "external",
  sourcemap: true,
  // The maps lead to `src`, which is published too.
  sourcesContent: false,
});
