import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bundlers, withoutTypes } from "./bundlers.ts";
import type * as Page from "./page.ts";

// What is published, as it is built, in pages: by four bundlers, without a module of Node and without a polyfill.

const COMMENTS = /\/\*[^]*?\*\/|^\s*\/\/.*$/gm;

/** A module of Node, what Vite puts in its place, and words of the builds for Node. */
const FOREIGN = /["']node:|\brequire\(["']|__vite-browser-external|createBrotliCompress|ERR_TLS/;

/** Beside the tests, so that the packages are found. */
const scratch = mkdtempSync(join(import.meta.dirname, ".bundles-"));
let entry = "";
beforeAll(async () => {
  entry = await withoutTypes(join(import.meta.dirname, "page.ts"), scratch);
});
afterAll(() => rmSync(scratch, { recursive: true }));

it.each(Object.entries(bundlers))("%s bundles a page of three packages", async (name, bundle) => {
  const outfile = join(scratch, `${name}.mjs`);
  await bundle(entry, outfile);

  const code = readFileSync(outfile, "utf8").replaceAll(COMMENTS, "");
  expect(FOREIGN.exec(code)?.[0]).toBeUndefined();
  // Some name a map that is beside what was bundled.
  writeFileSync(outfile, code);

  const page = (await import(pathToFileURL(outfile).href)) as typeof Page;
  expect(await page.roundtrip("a line\n".repeat(10_000))).toBe("a line\n".repeat(10_000));
  await expect(page.connectNowhere()).rejects.toMatchObject({ code: "ERR_AW_INVALID_ARGUMENT" });
});
