import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "tsdown";

/**
 * What a package publishes: a module with its types for each of its exports and programs, so that importing it
 * reads a file or two instead of dozens. Runs in the folder of the package, whose manifest says what they are.
 */
const folder = process.cwd();
const { exports, bin = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
  exports: object;
  bin?: Record<string, string>;
};

/** Every `src/*.ts` that an export names, under whatever conditions. */
function entriesOf(target: unknown): string[] {
  if (typeof target === "string") return target.startsWith("./src/") ? [target] : [];
  return Object.values(target as object).flatMap(entriesOf);
}

/** What a `bin` is made of. */
const programs = Object.values(bin).map((path) =>
  path.replace(/^\.\/dist\/(.*)\.js$/, "./src/$1.ts"),
);

export default defineConfig({
  cwd: folder,
  entry: [...new Set([...entriesOf(exports), ...programs])],
  tsconfig: join(folder, "tsconfig.json"),
  format: "esm",
  platform: "neutral",
  target: "es2024",
  fixedExtension: false,
  // By the types that are written at each export: no other package is looked into.
  dts: { generator: "oxc" },
  // `[Symbol.asyncDispose]` for who compiles with an older `lib` than ours, and has no types of Node that bring it.
  banner: { dts: '/// <reference lib="esnext.disposable" />' },
  sourcemap: true,
  // The maps lead to `src`, which is published too.
  outputOptions: { sourcemapExcludeSources: true },
  logLevel: "warn",
});
