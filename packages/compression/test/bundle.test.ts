import { join } from "node:path";
import { build } from "esbuild";
import { expect, it } from "vitest";

it("the browser build bundles without a node: import", async () => {
  const result = await build({
    entryPoints: [join(import.meta.dirname, "../src/browser.ts")],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    conditions: ["@aw/source"],
    metafile: true,
  });
  const imports = Object.values(result.metafile.outputs).flatMap((output) => output.imports);
  expect(imports).toEqual([]);
  expect(result.outputFiles[0]?.text).not.toMatch(/from\s*"node:|require\("/);
});
