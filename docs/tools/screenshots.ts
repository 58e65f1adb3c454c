/** `pnpm docs:screenshots`: pictures of the start page of the built site, in `docs/screenshots`. */
import { join } from "node:path";
import { CHROMIUM } from "@aw/testing";
import { chromium } from "playwright";
import { DOCS } from "./pages.ts";
import { serve } from "./serve.ts";

const PICTURES = [
  { name: "start-light", viewport: { width: 1280, height: 800 }, colorScheme: "light" },
  { name: "start-dark", viewport: { width: 1280, height: 800 }, colorScheme: "dark" },
  { name: "start-phone", viewport: { width: 390, height: 1480 }, colorScheme: "light" },
] as const;

/** How far the demonstration has to be: what waits in memory on the platform's side. */
const SHOWN = /^(?:[5-9]|\d\d)\.\d MiB$/;

await using site = await serve();
const browser = await chromium.launch(CHROMIUM);
try {
  for (const { name, ...options } of PICTURES) {
    const page = await browser.newPage({ ...options, deviceScaleFactor: 1 });
    await page.goto(site.origin, { waitUntil: "networkidle" });
    await page.locator(".demo tr.main td.stream", { hasText: SHOWN }).waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    const path = join(DOCS, "screenshots", `${name}.png`);
    await page.screenshot({ path });
    console.log(path);
    await page.close();
  }
} finally {
  await browser.close();
}
