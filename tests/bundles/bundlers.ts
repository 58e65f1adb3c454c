import { dirname, basename, join } from "node:path";
import { promisify } from "node:util";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { build as esbuild } from "esbuild";
import { rollup } from "rollup";
import { build as vite } from "vite";
import webpack from "webpack";

/** Makes one module for browsers of `entry`, in `outfile`, by what each bundler does if it is told nothing else. */
export type Bundle = (entry: string, outfile: string) => Promise<unknown>;

export const bundlers: Readonly<Record<string, Bundle>> = {
  esbuild: (entry, outfile) =>
    esbuild({
      entryPoints: [entry],
      outfile,
      bundle: true,
      format: "esm",
      platform: "browser",
      logLevel: "error",
    }),

  async rollup(entry, outfile) {
    const bundle = await rollup({
      input: entry,
      plugins: [nodeResolve({ browser: true })],
      onLog: (_level, { message }) => {
        throw new Error(message);
      },
    });
    await bundle.write({ file: outfile, format: "es" });
    await bundle.close();
  },

  vite: (entry, outfile) =>
    vite({
      root: dirname(entry),
      configFile: false,
      logLevel: "error",
      build: {
        outDir: dirname(outfile),
        emptyOutDir: false,
        minify: false,
        lib: { entry, formats: ["es"], fileName: () => basename(outfile) },
      },
    }),

  async webpack(entry, outfile) {
    const compiler = webpack({
      entry,
      mode: "production",
      target: "web",
      experiments: { outputModule: true },
      output: {
        path: dirname(outfile),
        filename: basename(outfile),
        library: { type: "module" },
      },
      performance: { hints: false },
      // It takes most of the time, and is not what is tested.
      optimization: { minimize: false },
    });
    const run = promisify(compiler.run.bind(compiler));
    const stats = await run();
    await promisify(compiler.close.bind(compiler))();
    const { errors = [], warnings = [] } =
      stats?.toJson({ all: false, errors: true, warnings: true }) ?? {};
    if (errors.length + warnings.length > 0) {
      throw new Error([...errors, ...warnings].map(({ message }) => message).join("\n"));
    }
  },
};

/** The entry as JavaScript: two of the bundlers know nothing else. */
export async function withoutTypes(entry: string, folder: string): Promise<string> {
  const outfile = join(folder, basename(entry).replace(/\.ts$/, ".mjs"));
  await esbuild({ entryPoints: [entry], outfile, bundle: false, format: "esm" });
  return outfile;
}
