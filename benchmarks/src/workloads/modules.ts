import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import type { Workload } from "../workload.ts";
import type { ImportWay, SizeWay } from "../ways.ts";

const execute = promisify(execFile);
const FOLDER: string = join(import.meta.dirname, "..");

/** How long the import of a package takes a process that has just begun: the built files, as published. */
export const importTime: Workload<ImportWay> = {
  metrics: () => [{ unit: "ms" }],
  missing: (name) => (existsSync(entryOf(name)) ? undefined : "not built: run `pnpm build`"),
  async measure(name) {
    const program = `const start = performance.now();
      await import(${JSON.stringify(name)});
      process.stdout.write(String(performance.now() - start));`;
    const args = ["--input-type=module", "--eval", program];
    const { stdout } = await execute(process.execPath, args, { cwd: FOLDER });
    return [Number(stdout)];
  },
};

/** Where Node would find it, without the condition that leads to our sources. */
function entryOf(name: string): string {
  const found = createRequire(join(FOLDER, "x.js")).resolve(name);
  return found.replace(/src\/(\w+)\.ts$/, "dist/$1.js");
}

/** What a program costs that uses no more than this of a package: bundled, minified and compressed. */
export const size: Workload<SizeWay> = {
  metrics: () => [{ unit: "kB" }],
  async measure(program) {
    const { outputFiles } = await build({
      stdin: { contents: program, resolveDir: FOLDER, loader: "ts" },
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      platform: "node",
      target: "es2024",
      conditions: ["@aw/source"],
    });
    return [gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length / 1000];
  },
};
