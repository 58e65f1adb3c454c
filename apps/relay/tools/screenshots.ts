/** Makes the pictures of the page that the documentation shows: a relay whose receiver is slow, and both senders beside it. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CHROMIUM } from "@aw/testing";
import { pino } from "pino";
import { chromium, type Page } from "playwright";
import { parse } from "valibot";
import { CONFIG } from "../src/config/schema.ts";
import { Relay } from "../src/relay.ts";
import { FolderStore } from "../src/store/folder-store.ts";

const TARGET = join(import.meta.dirname, "../../../docs/screenshots");

const SHOTS = [
  { name: "light", colorScheme: "light", width: 1360, height: 900 },
  { name: "dark", colorScheme: "dark", width: 1360, height: 900 },
  { name: "phone", colorScheme: "light", width: 360, height: 800 },
] as const;

const folder = await mkdtemp(join(tmpdir(), "relay-"));
const listen = { unix: join(folder, "relay.sock"), records: join(folder, "records.sock") };
const relay = await Relay.start(parse(CONFIG, { listen, switches: true }), {
  store: await FolderStore.open(folder),
  log: pino({ level: "error" }),
});
const browser = await chromium.launch(CHROMIUM);
try {
  await mkdir(TARGET, { recursive: true });
  const url = `${relay.addressOf("http")}/`;
  await sendSome(url);
  for (const { name, colorScheme, width, height } of SHOTS) {
    const page = await browser.newPage({ colorScheme, viewport: { width, height } });
    await page.goto(url);
    await showPressure(page);
    await page.screenshot({ path: join(TARGET, `relay-${name}.png`), fullPage: true });
    await page.getByRole("button", { name: /^Cancel/ }).click();
    await page.getByText("The relay has kept nothing of it.").waitFor();
    await page.close();
  }
} finally {
  await browser.close();
  await relay.close(0);
  await rm(folder, { recursive: true });
}

/** So that there are recent uploads, one of them refused. */
async function sendSome(url: string): Promise<void> {
  for (const name of ["notes.txt", "photo.raw"]) {
    await fetch(`${url}uploads/${name}`, { method: "PUT", body: name.repeat(100_000) });
  }
  await fetch(`${url}uploads/broken.gz?encoding=gzip`, { method: "PUT", body: "no gzip" });
}

/** An upload against a slow receiver, until its chart has something to show; and the comparison. */
async function showPressure(page: Page): Promise<void> {
  await page
    .getByRole("button", { name: "Start the comparison" })
    .or(page.getByRole("button", { name: "Stop the comparison" }))
    .waitFor();
  const start = page.getByRole("button", { name: "Start the comparison" });
  if (await start.isVisible()) await start.click();
  await page.getByText("Full speed").click();
  await page.getByRole("button", { name: "Make up 200 MB" }).click();
  await page
    .getByText(/[2-9] s/)
    .first()
    .waitFor();
  await page.getByText("1 MB/s", { exact: true }).click();
  await page.getByText(/your file for/).waitFor();
  await page
    .locator(".waited", { hasText: /^1\d\.\d s$/ })
    .first()
    .waitFor({ timeout: 60_000 });
}
