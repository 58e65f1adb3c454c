import { globSync } from "node:fs";
import { join } from "node:path";
import { build, type BuildOptions } from "esbuild";
import { exampleOf } from "../../readmes.ts";

const root = join(import.meta.dirname, "../../..");
const COLLECTED = join(import.meta.dirname, "collected.ts");

/** What a bundle is for. Node stands for every runtime that has Node's modules. */
export type Platform = "node" | "browser" | "workerd";

const PLATFORMS: Readonly<Record<Platform, BuildOptions>> = {
  node: {
    platform: "node",
    conditions: ["@aw/source", "import"],
    // For what is CommonJS inside.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  },
  browser: { platform: "browser", conditions: ["@aw/source", "browser", "import"] },
  // As wrangler resolves.
  workerd: {
    platform: "browser",
    conditions: ["@aw/source", "workerd", "worker", "browser", "import"],
  },
};

/** The conformance tests of a package for a platform. Those of core are with the kit, which depends on core. */
export function testsOf(name: string, platform: Platform): string[] {
  const folder = platform === "node" ? "test" : "test/browser";
  let pattern = `packages/${name}/${folder}/*conformance.test.ts`;
  if (name === "core") pattern = "packages/conformance/test/{core,adapters,readers}.test.ts";
  // The tests of browsers want a server, and there is none.
  if (name === "websocket" && platform === "workerd") {
    pattern = "packages/websocket/test/runtimes/workerd-conformance.ts";
  }
  const files = globSync(pattern, { cwd: root }).toSorted();
  if (files.length === 0) throw new Error(`@aw/${name} has no conformance tests for ${platform}`);
  return files;
}

/**
 * Makes one module of the conformance tests of a package, with everything that they import, straight from the
 * sources. It exports `outcome` of `collected.ts`.
 *
 * @param seeds what `AW_SEEDS` is where there is no environment
 */
export async function bundleKit(
  name: string,
  platform: Platform,
  outfile: string,
  seeds: number,
): Promise<void> {
  const imports = testsOf(name, platform).map(
    (file) => `import ${JSON.stringify(join(root, file))};`,
  );
  await bundleModule(
    [...imports, `export { outcome } from ${JSON.stringify(COLLECTED)};`].join("\n"),
    platform,
    outfile,
    platform === "node" ? undefined : `globalThis.process ??= { env: { AW_SEEDS: "${seeds}" } };`,
  );
}

/** Makes one module of the example of a README. */
export async function bundleExample(
  name: string,
  platform: Platform,
  outfile: string,
): Promise<void> {
  await bundleModule(exampleOf(name), platform, outfile);
}

/** Makes one module of a program for Node and what is like it. */
export async function bundleProgram(file: string, outfile: string): Promise<void> {
  await bundleModule(`import ${JSON.stringify(file)};`, "node", outfile);
}

/** @param head goes before everything */
export async function bundleModule(
  contents: string,
  platform: Platform,
  outfile: string,
  head?: string,
): Promise<void> {
  await build({
    stdin: { contents, loader: "ts", resolveDir: import.meta.dirname },
    outfile,
    bundle: true,
    format: "esm",
    target: "es2024",
    // The manifests say that nothing has side effects. To register cases is one.
    ignoreAnnotations: true,
    alias: { vitest: COLLECTED },
    logLevel: "error",
    ...(head === undefined ? {} : { banner: { js: head } }),
    ...PLATFORMS[platform],
  });
}
