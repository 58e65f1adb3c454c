import { join } from "node:path";
import { build } from "esbuild";
import { expect, it } from "vitest";

it("bundles for browsers without a node: module, a polyfill or ws", async () => {
  const { metafile, outputFiles } = await build({
    stdin: {
      contents: 'export { connect, fromWebSocket, messages } from "@aw/websocket";',
      resolveDir: join(import.meta.dirname, ".."),
    },
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: "esm",
    platform: "browser",
    conditions: ["@aw/source"],
  });
  const inputs = Object.keys(metafile.inputs);
  expect(
    inputs.filter((path) => /node_modules|node:|websocket\/src\/.*(?:accept|node)\//.test(path)),
  ).toEqual([]);
  expect(inputs.some((path) => path.endsWith("src/browser.ts"))).toBe(true);
  expect(outputFiles[0]?.contents.length).toBeLessThan(60_000);
});
