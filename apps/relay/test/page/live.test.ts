import { AxeBuilder } from "@axe-core/playwright";
import type { Locator, Page } from "playwright";
import { expect, it } from "vitest";
import { relays } from "../start-relay.ts";
import { eventually, pages } from "./open-page.ts";

const MIB = 1024 * 1024;

const { start } = relays();
const { open, errors } = pages();

/** "12.5 MB", "350 ms": the number in its smallest unit. */
function numberOf(text: string): number {
  const units = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, ms: 1, s: 1e3 };
  const [, value, unit] = /^([\d.]+) (\w+)/.exec(text) ?? [];
  return Number(value) * (units[unit as keyof typeof units] ?? Number.NaN);
}

/** How long each layer of the flow has waited, in milliseconds, in the order of the page. */
async function waited(page: Page): Promise<number[]> {
  return (await page.locator(".flow .waited").allTextContents()).map(numberOf);
}

/** Resolves once what the page shows there is a greater number. */
async function grows(shown: Locator): Promise<void> {
  const before = numberOf((await shown.textContent()) ?? "");
  await eventually(async () => numberOf((await shown.textContent()) ?? "")).toBeGreaterThan(before);
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, nodes }) => ({ id, at: nodes.map(({ html }) => html) }));
  expect(found).toEqual([]);
}

it("numbers move, and a slow receiver makes everybody wait, up to the file, with memory flat", async () => {
  const relay = await start();
  const page = await open(relay);
  await page.getByRole("button", { name: "Make up 200 MB" }).click();
  const destination = page.locator('.layer[data-layer="file"] [data-fact="in"] dd');
  await grows(destination);
  // By keyboard: radio buttons are one stop.
  await page.getByRole("radio", { name: "Full speed" }).press("ArrowDown");
  await page.getByRole("radio", { name: "4 MB/s" }).press("ArrowDown");
  await page
    .getByText(/sha256 waits for throttle, gunzip for sha256, websocket for gunzip/)
    .waitFor();
  await page.getByText(/gzip waits for websocket, sha256 for gzip, your file for sha256/).waitFor();
  await page.getByText("So the source is read no faster").waitFor();
  const before = await waited(page);
  const { rssBytes } = relay.feed.snapshot().process;
  await grows(destination);
  await eventually(async () =>
    (await waited(page)).map((ms, i) => ms - (before[i] ?? 0) > 1000),
  ).toEqual(
    // your file, sha256, gzip; the relay's websocket, gunzip, sha256. Only the disk is not slow.
    [true, true, true, true, true, true, false],
  );
  const { process, transfers } = relay.feed.snapshot();
  expect(process.rssBytes - rssBytes).toBeLessThan(32 * MIB);
  const held = transfers.flatMap(({ layers }) => layers.map(({ heldBytes }) => heldBytes ?? 0));
  expect(Math.max(...held)).toBeLessThan(2 * MIB);
  // As it is now, with everything there is to see.
  await expectAccessible(page);
  await page.getByText("dark", { exact: true }).click();
  await expectAccessible(page);
  await page.setViewportSize({ width: 360, height: 740 });
  await eventually(() => page.evaluate("document.documentElement.scrollWidth")).toBe(360);
  await page.setViewportSize({ width: 1280, height: 900 });
  // Full speed again: nobody waits, and it goes on to the end.
  await page.getByText("Full speed", { exact: true }).click();
  await page.getByText(/sha256 waits for throttle/).waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Cancel" }).click();
});

it("shows what comes from elsewhere, and how it ended, also without the switches", async () => {
  const relay = await start({ switches: false, limits: { bytesPerSecond: 100_000 } });
  const page = await open(relay);
  const url = `${relay.addressOf("http")}/uploads/from-curl`;
  const sending = fetch(url, { method: "PUT", body: new Uint8Array(100_000) });
  await page.getByRole("heading", { name: "from-curl" }).waitFor();
  expect(await page.getByRole("heading", { name: "Slow the receiver" }).count()).toBe(0);
  expect(await page.getByRole("button", { name: "Start the comparison" }).count()).toBe(0);
  expect((await sending).status).toBe(201);
  await page.getByText(/from-curl was received over http .*, and stored: 100 kB in/).waitFor();
  await page.getByRole("row", { name: /from-curl http plain 100 kB/ }).waitFor();
});

it("compares the memory of a sender that waits with that of one that does not", async () => {
  const relay = await start();
  const page = await open(relay);
  await page.getByRole("button", { name: "Start the comparison" }).click();
  const held = (side: string): Locator => page.locator(`[data-side="${side}"] .big-number`);
  await eventually(async () =>
    numberOf((await held("socket.write").textContent()) ?? ""),
  ).toBeGreaterThan(50e6);
  expect(numberOf((await held("writer.writeAll").textContent()) ?? "")).toBeLessThan(1e6);
  await page.getByRole("button", { name: "Stop the comparison" }).click();
  await page.getByRole("button", { name: "Start the comparison" }).waitFor();
});

it("says so when the relay has gone, and goes on when it is back", async () => {
  const first = await start();
  const page = await open(first);
  await page.getByText("live", { exact: true }).waitFor();
  const port = Number(new URL(first.addressOf("http")).port);
  await first.close(0);
  await page.getByText(/Trying again/).waitFor();
  await start({ listen: { http: port } });
  await page.getByText("live", { exact: true }).waitFor();
  // The browser itself complains of requests that nobody answers.
  expect(errors.filter((error) => !error.includes("ERR_CONNECTION_REFUSED"))).toEqual([]);
  errors.length = 0;
});
