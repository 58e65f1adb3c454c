import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHROMIUM } from "@aw/testing";
import { chromium, type Browser, type Page } from "playwright";
import { build, preview, type PreviewServer } from "vite";
import { afterAll, beforeAll, expect, it } from "vitest";

// The projects of `examples`, built by Vite with the packages of this repository, in a real Chromium.

const examples = join(import.meta.dirname, "../../examples");
const scratch = mkdtempSync(join(tmpdir(), "aw-examples-"));
const servers: PreviewServer[] = [];
let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch(CHROMIUM);
});
afterAll(async () => {
  await browser.close();
  await Promise.all(servers.map((server) => server.close()));
  rmSync(scratch, { recursive: true });
});

/** Opens an example; what it prints to the console as an error is one. */
async function open(name: string): Promise<Page> {
  const shared = {
    root: join(examples, name),
    configFile: false as const,
    logLevel: "error" as const,
    build: { outDir: join(scratch, name) },
  };
  // The examples have no modules of their own here.
  const at = (path: string): string => join(import.meta.dirname, "../node_modules/@aw", path);
  const alias = [
    { find: /^@aw\/core$/, replacement: at("core/dist/index.js") },
    { find: /^@aw\/compression$/, replacement: at("compression/dist/browser.js") },
  ];
  await build({ ...shared, resolve: { alias } });
  const server = await preview({ ...shared, preview: { port: 0, host: "127.0.0.1" } });
  servers.push(server);
  const page = await browser.newPage();
  page.on("pageerror", (error) => {
    throw error;
  });
  await page.goto(server.resolvedUrls?.local[0] ?? "");
  return page;
}

it("core: the writer waits, and holds what its pipe holds", async () => {
  const page = await open("core");
  await page.click("#run");
  const out = page.locator("#out", { hasText: "held at most" });
  const text = await out.textContent();
  expect(text).toContain("written 1048576, read 1048576");
  const [, held = "0"] = /held at most (\d+)/.exec(text ?? "") ?? [];
  // What is in the pipe, and a piece that was read and not counted yet.
  expect(Number(held)).toBeGreaterThan(0);
  expect(Number(held)).toBeLessThanOrEqual((64 + 32) * 1024);
});

it("compression: what arrives, and what each way costs", async () => {
  const page = await open("compression");
  await page.fill("#text", "a line\n".repeat(100));
  const text = await page.locator("#out", { hasText: "text: 701" }).textContent();
  const sizes = [...(text ?? "").matchAll(/: (\d+) bytes/g)].map(([, size]) => Number(size));
  expect(sizes[0]).toBeLessThan(sizes[1] as number);
  expect(text).toContain(String.raw`"a line\na line\n`);
});
